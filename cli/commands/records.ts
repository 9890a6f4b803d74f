import type { Answers } from '../../api/endpoints.ts';
import type { Command } from '../command.ts';
import { formatList } from '../table.ts';
import { showTime } from '../times.ts';

/** `records ID`: the records of a connection and their outcomes; under one that has a code, why and what to do. */
export const records: Command = {
  name: 'records',
  summary: 'list the records of a connection and their outcomes',
  positionals: ['ID'],
  options: {
    state: { value: 'S', about: 'those in this state only, as rejected' },
    kind: { value: 'K', about: 'this kind only, such as customer' },
    code: { value: 'C', about: 'those with this code only, rejected or not' },
    limit: { value: 'N', about: 'the newest N only' },
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

function showRecords({ items, total }: Answers['listRecords']): string {
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
  return formatList({ columns, rows, notes }, { total, none: 'There are no such records.' });
}

function explain({ code, message, action }: Answers['listRecords']['items'][number]): string[] {
  const reason = [code, message].filter((part) => part !== null).join(': ');
  return [...(reason === '' ? [] : [reason]), ...(action === null ? [] : [`To do: ${action}`])];
}
