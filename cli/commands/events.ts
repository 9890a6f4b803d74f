import type { Command } from '../command.ts';
import type { List } from '../list.ts';
import { formatList } from '../table.ts';
import { showTime } from '../times.ts';

interface ReceivedEvent {
  readonly source: string;
  readonly eventId: string | null;
  readonly controlNumber: string | null;
  readonly type: string;
  readonly receivedAt: string;
  readonly verdict: string;
  readonly reason: string | null;
  readonly outcome: string | null;
}

/** `events ID`: the events that came in by both doors, with their verdicts and what they came to. */
export const events: Command = {
  name: 'events',
  summary: 'list the received events with their verdicts, newest first',
  positionals: ['ID'],
  options: { limit: { value: 'N', about: 'the newest N only' } },
  async run(parsed, { openApi }) {
    const query = { limit: parsed.count('limit') };
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'events'];
    const list = await api<List<ReceivedEvent>>({ method: 'GET', path, query });
    const rows = list.items.map((event) => [
      showTime(event.receivedAt),
      event.source,
      event.type,
      event.controlNumber ?? event.eventId,
      event.verdict,
      event.reason ?? event.outcome,
    ]);
    const table = { columns: ['RECEIVED', 'SOURCE', 'TYPE', 'EVENT', 'VERDICT', 'REASON OR OUTCOME'], rows };
    return { json: list, text: formatList(table, { total: list.total, none: 'No events have come in.' }) };
  },
};
