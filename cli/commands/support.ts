import type { Responses } from '../../api/endpoints.ts';
import type { Command } from '../command.ts';
import { formatList } from '../table.ts';
import { showTime } from '../times.ts';

const COLUMNS = [
  'LEGAL ENTITY',
  'KIND',
  'KEY',
  'STATUS',
  'OPEN',
  'URGENT',
  'PENDING',
  'ON HOLD',
  'CONTACTS',
  'OLDEST OPEN',
  'LAST ACTIVITY',
  'WRITTEN',
];

/**
 * Defines the command `support ID`, which lists the accounts with their support load, and the reason if an annotation
 * failed.
 */
export const support: Command = {
  name: 'support',
  summary: 'list the accounts with their support load, as computed and as written to Dynamics 365',
  positionals: ['ID'],
  options: { limit: { value: 'N', about: 'show only the newest N' } },
  async run(parsed, { openApi }) {
    const query = { limit: parsed.count('limit') };
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'support'];
    const list = await api<'listSupport'>({ method: 'GET', path, query });
    const notes = new Map(
      list.items.map(({ problem }, index) => [index, problem ? [`${problem.code}: ${problem.message}`] : []]),
    );
    const table = { columns: COLUMNS, rows: list.items.map(cellsOf), notes };
    return { json: list, text: formatList(table, { total: list.total, none: 'No account has had tickets yet.' }) };
  },
};

function cellsOf(item: Responses['listSupport']['items'][number]): (string | number | null)[] {
  return [
    item.legalEntity,
    item.kind,
    item.key,
    item.status,
    item.open,
    item.urgent,
    item.pending,
    item.onHold,
    item.contactsWithOpen,
    item.oldestOpenSince,
    item.lastActivityAt,
    showTime(item.writtenAt),
  ];
}
