import type { Command } from '../command.ts';

/** `cancel RUN`: asks a run to end; what it has written stays. */
export const cancel: Command = {
  name: 'cancel',
  summary: 'cancel a run',
  positionals: ['RUN'],
  options: {},
  async run(parsed, { openApi }) {
    const runId = parsed.argument('RUN');
    const api = await openApi();
    const answer = await api<'cancelRun'>({ method: 'POST', path: ['runs', runId, 'cancel'] });
    return { json: answer, text: `Run ${runId} is asked to end; see it with: ledgerdesk run ${runId}` };
  },
};
