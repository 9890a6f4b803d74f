import type { Responses } from '../../api/endpoints.ts';
import type { Command } from '../command.ts';
import { formatList } from '../table.ts';
import { showTime } from '../times.ts';

/**
 * Defines the command `records ID`, which lists the records of a connection and their outcomes, with the reason and
 * what to do.
 */
export const records: Command = {
  name: 'records',
  summary: 'list the records of a connection and their outcomes',
  positionals: ['ID'],
  options: {
    state: { value: 'S', about: 'show only this state, such as rejected' },
    kind: { value: 'K', about: 'show only this kind, such as customer' },
    code: { value: 'C', about: 'show only records with this code, rejected or not' },
    limit: { value: 'N', about: 'show only the newest N' },
  },
  async run(parsed, { openApi }) {
    const query = {
      state: parsed.text('state'),
      kind: parsed.text('kind'),
      code: parsed.text('code'),
      limit: parsed.count('limit'),
    };
    const path = ['connections', parsed.argument('ID'), 'records'];
    const api = await openApi();
    const list = await api<'listRecords'>({ method: 'GET', path, query });
    return { json: list, text: showRecords(list) };
  },
};

function showRecords({ items, total }: Responses['listRecords']): string {
  const rows = items.map((record) => [
    record.legalEntity,
    record.kind,
    record.key,
    record.state,
    record.externalId,
    record.zendeskId,
    showTime(record.lastSyncedAt),
  ]);
  const notes = new Map(items.map((record, index) => [index, explain(record)]));
  const columns = ['LEGAL ENTITY', 'KIND', 'KEY', 'STATE', 'EXTERNAL ID', 'ZENDESK', 'LAST SYNCED'];
  return formatList({ columns, rows, notes }, { total, none: 'No records match.' });
}

function explain({ code, message, action }: Responses['listRecords']['items'][number]): string[] {
  const reason = [code, message].filter((part) => part !== null).join(': ');
  return [...(reason === '' ? [] : [reason]), ...(action === null ? [] : [`To do: ${action}`])];
}
