import type { Command } from '../command.ts';
import { CommandError } from '../failures.ts';
import { showPlan } from '../plan-report.ts';
import { waitForEnd } from '../wait-for-end.ts';

/** Defines the command `preview ID`, which makes a plan of what a sync would write, and writes nothing. */
export const preview: Command = {
  name: 'preview',
  summary: 'make a plan of what a sync would write; it writes nothing',
  positionals: ['ID'],
  options: {
    'legal-entity': { value: 'X', about: 'plan only this legal entity' },
    full: { about: 'compare all records, not only changed ones' },
    wait: { about: 'wait for the plan and print it' },
  },
  async run(parsed, { openApi, terminal }) {
    const legalEntity = parsed.text('legal-entity');
    const body = { ...(legalEntity !== undefined && { legalEntity }), ...(parsed.flag('full') && { full: true }) };
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'plans'];
    const started = await api<'makePreview'>({ method: 'POST', path, body });
    const { planId, runId } = started;
    if (!parsed.flag('wait'))
      return { json: started, text: planId, hint: `To see the plan when it is made, run: ledgerdesk plan ${planId}` };
    const run = await waitForEnd(api, runId, terminal);
    if (run.status !== 'completed') {
      const { code, message } = run.error ?? { code: run.status, message: `The preview was ${run.status}.` };
      throw new CommandError(message, { code, runId });
    }
    const plan = await api<'showPlan'>({ method: 'GET', path: ['plans', planId] });
    return { json: plan, text: showPlan(plan) };
  },
};
