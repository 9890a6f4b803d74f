import type { Command } from '../command.ts';
import { formatList } from '../table.ts';
import { showTime } from '../times.ts';

/**
 * Defines the command `events ID`, which lists the events received from both systems, with their status and outcome.
 */
export const events: Command = {
  name: 'events',
  summary: 'list the received events, newest first',
  positionals: ['ID'],
  options: { limit: { value: 'N', about: 'show only the newest N' } },
  async run(parsed, { openApi }) {
    const query = { limit: parsed.count('limit') };
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'events'];
    const list = await api<'listEvents'>({ method: 'GET', path, query });
    const rows = list.items.map((event) => [
      showTime(event.receivedAt),
      event.source,
      event.type,
      event.controlNumber ?? event.eventId,
      event.verdict,
      event.reason ?? event.outcome,
    ]);
    const table = { columns: ['RECEIVED', 'SOURCE', 'TYPE', 'EVENT', 'STATUS', 'REASON OR OUTCOME'], rows };
    return { json: list, text: formatList(table, { total: list.total, none: 'No events were received.' }) };
  },
};
