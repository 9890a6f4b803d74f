import type { Command } from '../command.ts';
import type { List } from '../list.ts';
import { formatList } from '../table.ts';
import { showTime } from '../times.ts';

interface Support {
  readonly legalEntity: string;
  readonly kind: string;
  readonly key: string;
  readonly open: number;
  readonly pending: number;
  readonly onHold: number;
  readonly urgent: number;
  readonly contactsWithOpen: number;
  readonly oldestOpenSince: string | null;
  readonly lastActivityAt: string | null;
  readonly status: string;
  readonly writtenAt: string | null;
  readonly problem?: { readonly code: string; readonly message: string } | null;
}

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

/** `support ID`: the accounts with their support load; under one that could not be annotated, why. */
export const support: Command = {
  name: 'support',
  summary: 'list the accounts with their support load, as computed and as written to Dynamics 365',
  positionals: ['ID'],
  options: { limit: { value: 'N', about: 'the newest N only' } },
  async run(parsed, { openApi }) {
    const query = { limit: parsed.count('limit') };
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'support'];
    const list = await api<List<Support>>({ method: 'GET', path, query });
    const notes = new Map(
      list.items.map(({ problem }, index) => [index, problem ? [`${problem.code}: ${problem.message}`] : []]),
    );
    const table = { columns: COLUMNS, rows: list.items.map(cellsOf), notes };
    return { json: list, text: formatList(table, { total: list.total, none: 'No account has had tickets.' }) };
  },
};

function cellsOf(item: Support): (string | number | null)[] {
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
