import type { Command } from '../command.ts';

/** Defines the command `cancel RUN`, which cancels a run. Changes that the run has already written are kept. */
export const cancel: Command = {
  name: 'cancel',
  summary: 'cancel a run',
  positionals: ['RUN'],
  options: {},
  async run(parsed, { openApi }) {
    const runId = parsed.argument('RUN');
    const api = await openApi();
    const response = await api<'cancelRun'>({ method: 'POST', path: ['runs', runId, 'cancel'] });
    return { json: response, text: `Run ${runId} is being cancelled. To see its state, run: ledgerdesk run ${runId}` };
  },
};
