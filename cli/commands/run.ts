import type { Command } from '../command.ts';
import { showRun } from '../run-report.ts';

/** Defines the command `run RUN`, which shows a run with its phases. The exit code is 0 even if the run failed. */
export const run: Command = {
  name: 'run',
  summary: 'show the totals, phases, requests and error of a run',
  positionals: ['RUN'],
  options: {},
  async run(parsed, { openApi }) {
    const api = await openApi();
    const response = await api<'showRun'>({ method: 'GET', path: ['runs', parsed.argument('RUN')] });
    return { json: response, text: showRun(response, Date.now()) };
  },
};
