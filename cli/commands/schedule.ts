import type { Command } from '../command.ts';
import type { List } from '../list.ts';
import { formatList } from '../table.ts';
import { showInterval, showTime } from '../times.ts';

interface Schedule {
  readonly id: string;
  readonly everyMs: number;
  readonly paused: boolean;
  readonly note: string | null;
  readonly nextAt: string | null;
  readonly lastAt: string | null;
}

/** `schedule ID`: shows when a connection works by itself; changes how often, pauses and resumes it. */
export const schedule: Command = {
  name: 'schedule',
  summary: 'show the schedules of a connection; change, pause or resume them',
  positionals: ['ID'],
  words: ['pause', 'resume'],
  options: { every: { value: 'T', about: 'how often the sync runs, from 1m to 7d, as 15m' } },
  async run(parsed, { openApi }) {
    const everyMs = parsed.durationMs('every');
    const { word } = parsed;
    const body = { ...(everyMs !== undefined && { everyMs }), ...(word !== undefined && { paused: word === 'pause' }) };
    const isChange = Object.keys(body).length > 0;
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'schedule'];
    const list = await api<List<Schedule>>(isChange ? { method: 'POST', path, body } : { method: 'GET', path });
    return { json: list, text: showSchedules(list) };
  },
};

function showSchedules({ items, total }: List<Schedule>): string {
  const rows = items.map(({ id, everyMs, paused, nextAt, lastAt }) => [
    id,
    showInterval(everyMs),
    paused ? 'paused' : 'active',
    paused ? '' : showTime(nextAt),
    showTime(lastAt),
  ]);
  const notes = new Map(items.map(({ paused, note }, index) => [index, paused && note !== null ? [note] : []]));
  const columns = ['SCHEDULE', 'EVERY', 'STATE', 'NEXT', 'LAST'];
  return formatList({ columns, rows, notes }, { total, none: 'There are no schedules: apply the connection again.' });
}
