import type { Command } from '../command.ts';
import { runOutcome, waitForEnd } from '../wait-for-end.ts';

/** Defines the command `sync ID`, which starts a master sync, or joins the running one. */
export const sync: Command = {
  name: 'sync',
  summary: 'start a sync of the master data, or join the running one',
  positionals: ['ID'],
  options: {
    wait: { about: 'wait for the end of the run; exit with 1 unless it completes' },
    'legal-entity': { value: 'X', about: 'sync only this legal entity' },
    full: { about: 'compare all records, not only changed ones' },
    'accept-shrink': { about: 'continue even if F&O has far fewer records than before' },
  },
  async run(parsed, { openApi, terminal }) {
    const legalEntity = parsed.text('legal-entity');
    const body = {
      ...(legalEntity !== undefined && { legalEntity }),
      ...(parsed.flag('full') && { full: true }),
      ...(parsed.flag('accept-shrink') && { acceptShrink: true }),
    };
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'sync'];
    const started = await api<'startSync'>({ method: 'POST', path, body });
    if (parsed.flag('wait')) return runOutcome(await waitForEnd(api, started.runId, terminal));
    return { json: started, text: started.runId, hint: `To see its state, run: ledgerdesk run ${started.runId}` };
  },
};
