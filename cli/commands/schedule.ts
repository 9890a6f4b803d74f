import type { Responses } from '../../api/endpoints.ts';
import type { Command } from '../command.ts';
import { formatList } from '../table.ts';
import { showInterval, showTime } from '../times.ts';

/**
 * Defines the command `schedule ID`, which shows the schedules of a connection, changes the sync interval, pauses or
 * resumes them.
 */
export const schedule: Command = {
  name: 'schedule',
  summary: 'show the schedules of a connection; change, pause or resume them',
  positionals: ['ID'],
  words: ['pause', 'resume'],
  options: { every: { value: 'T', about: 'set the interval of the sync, from 1m to 7d, such as 15m' } },
  async run(parsed, { openApi }) {
    const everyMs = parsed.durationMs('every');
    const { word } = parsed;
    const body = { ...(everyMs !== undefined && { everyMs }), ...(word !== undefined && { paused: word === 'pause' }) };
    const isChange = Object.keys(body).length > 0;
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'schedule'];
    const list = await api<'showSchedule' | 'changeSchedule'>(
      isChange ? { method: 'POST', path, body } : { method: 'GET', path },
    );
    return { json: list, text: showSchedules(list) };
  },
};

function showSchedules({ items, total }: Responses['showSchedule']): string {
  const rows = items.map(({ id, everyMs, paused, nextAt, lastAt }) => [
    id,
    showInterval(everyMs),
    paused ? 'paused' : 'active',
    paused ? '' : showTime(nextAt),
    showTime(lastAt),
  ]);
  const notes = new Map(items.map(({ paused, note }, index) => [index, paused && note !== null ? [note] : []]));
  const columns = ['SCHEDULE', 'EVERY', 'STATE', 'NEXT', 'LAST'];
  return formatList(
    { columns, rows, notes },
    { total, none: 'There are no schedules. To create them, apply the connection file again.' },
  );
}
