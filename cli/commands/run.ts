import type { Command } from '../command.ts';
import { showRun } from '../run-report.ts';

/** `run RUN`: one run with its phases. Showing a failed run is no failure. */
export const run: Command = {
  name: 'run',
  summary: 'show a run: totals, phases, requests, error',
  positionals: ['RUN'],
  options: {},
  async run(parsed, { openApi }) {
    const api = await openApi();
    const answer = await api<'showRun'>({ method: 'GET', path: ['runs', parsed.argument('RUN')] });
    return { json: answer, text: showRun(answer, Date.now()) };
  },
};
