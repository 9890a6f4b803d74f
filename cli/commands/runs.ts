import type { Command } from '../command.ts';
import { printable } from '../printable.ts';
import { COUNT_COLUMNS, countCells, runDuration } from '../run-report.ts';
import { formatList } from '../table.ts';
import { showTime } from '../times.ts';

/** Defines the command `runs ID`, which lists the runs of a connection, newest first. */
export const runs: Command = {
  name: 'runs',
  summary: 'list the runs of a connection, newest first',
  positionals: ['ID'],
  options: { limit: { value: 'N', about: 'show only the newest N' } },
  async run(parsed, { openApi }) {
    const query = { limit: parsed.count('limit') };
    const api = await openApi();
    const list = await api<'listRuns'>({ method: 'GET', path: ['connections', parsed.argument('ID'), 'runs'], query });
    const rows = list.items.map((run) => [
      run.runId,
      run.status,
      showTime(run.startedAt),
      runDuration(run, Date.now()),
      ...countCells(run.totals),
    ]);
    const table = { columns: ['RUN', 'STATUS', 'STARTED', 'DURATION', ...COUNT_COLUMNS], rows };
    const waiting = list.items.flatMap(({ runId, waiting: reason }) =>
      reason === undefined ? [] : [printable(`Run ${runId} waits: ${reason.message} (${reason.code})`)],
    );
    const text = formatList(table, { total: list.total, none: 'There are no runs.' });
    return { json: list, text: [text, ...(waiting.length > 0 ? ['', ...waiting] : [])].join('\n') };
  },
};
