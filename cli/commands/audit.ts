import type { Command } from '../command.ts';
import { formatList } from '../table.ts';
import { showTime } from '../times.ts';

/** Defines the command `audit [ID]`, which lists the audit log, or its entries for one connection. */
export const audit: Command = {
  name: 'audit',
  summary: 'show the audit log; with ID, only the entries of that connection',
  positionals: [],
  rest: 'ID',
  options: { limit: { value: 'N', about: 'show only the newest N' } },
  async run(parsed, { openApi }) {
    const [connection] = parsed.rest;
    const api = await openApi();
    const list = await api<'listAudit'>({
      method: 'GET',
      path: ['audit'],
      query: { connection, limit: parsed.count('limit') },
    });
    const rows = list.items.map(({ at, actor, action, subject, detail }) => [
      ...[showTime(at), actor, action],
      ...[subject ?? '', detail ?? ''],
    ]);
    const table = { columns: ['AT', 'ACTOR', 'ACTION', 'SUBJECT', 'DETAIL'], rows };
    return { json: list, text: formatList(table, { total: list.total, none: 'The audit log has no entries.' }) };
  },
};
