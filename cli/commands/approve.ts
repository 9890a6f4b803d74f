import type { Command } from '../command.ts';
import { UsageError } from '../failures.ts';
import { runOutcome, waitForEnd } from '../wait-for-end.ts';

/** Defines the command `approve PLAN --hash H`, which writes what a plan contains, if it is still the same. */
export const approve: Command = {
  name: 'approve',
  summary: 'approve a plan by its hash; writes what it contains and is still the same',
  positionals: ['PLAN'],
  options: {
    hash: { value: 'H', about: 'the hash of the plan (required)' },
    kind: { value: 'K', about: 'only this kind; may be given several times', repeated: true },
    'legal-entity': { value: 'X', about: 'only this legal entity; may be given several times', repeated: true },
    pilot: { value: 'N', about: 'only the first N accounts with their contacts, as a trial' },
    exact: { about: 'write nothing if anything has changed since the plan was made' },
    note: { value: 'T', about: 'a note for the audit' },
    wait: { about: 'wait for the end of the run' },
  },
  async run(parsed, { openApi, terminal }) {
    const hash = parsed.text('hash');
    if (hash === undefined) throw new UsageError('--hash is missing. It is printed by: ledgerdesk plan PLAN');
    const [kinds, legalEntities, pilot] = [parsed.texts('kind'), parsed.texts('legal-entity'), parsed.count('pilot')];
    const only = {
      ...(kinds.length > 0 && { kinds }),
      ...(legalEntities.length > 0 && { legalEntities }),
      ...(pilot !== undefined && { pilot }),
    };
    const note = parsed.text('note');
    const body = { hash, only, ...(parsed.flag('exact') && { exact: true }), ...(note !== undefined && { note }) };
    const api = await openApi();
    const path = ['plans', parsed.argument('PLAN'), 'approve'];
    const started = await api<'approvePlan'>({ method: 'POST', path, body });
    if (parsed.flag('wait')) return runOutcome(await waitForEnd(api, started.runId, terminal));
    return { json: started, text: started.runId, hint: `To see its state, run: ledgerdesk run ${started.runId}` };
  },
};
