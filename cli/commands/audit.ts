import type { Command } from '../command.ts';
import { formatList } from '../table.ts';
import { showTime } from '../times.ts';

/** `audit [ID]`: who did what, when; of one connection when it is named. */
export const audit: Command = {
  name: 'audit',
  summary: 'show who did what; of one connection, if ID is given',
  positionals: [],
  rest: 'ID',
  options: { limit: { value: 'N', about: 'the newest N only' } },
  async run(parsed, { openApi }) {
    const [connection] = parsed.rest;
    const api = await openApi();
    const list = await api<'listAudit'>({
      method: 'GET',
      path: ['audit'],
      query: { connection, limit: parsed.count('limit') },
    });
    const rows = list.items.map(({ at, actor, action, subject }) => [showTime(at), actor, action, subject ?? '']);
    const table = { columns: ['AT', 'ACTOR', 'ACTION', 'SUBJECT'], rows };
    return { json: list, text: formatList(table, { total: list.total, none: 'Nothing has been done yet.' }) };
  },
};
