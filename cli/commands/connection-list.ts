import type { Responses } from '../../api/endpoints.ts';
import type { Command } from '../command.ts';
import { formatList } from '../table.ts';

/** Defines the command `connection list`, which lists all connections. */
export const connectionList: Command = {
  name: 'connection list',
  summary: 'list the connections',
  positionals: [],
  options: {},
  async run(_parsed, { openApi }) {
    const api = await openApi();
    const list = await api<'listConnections'>({ method: 'GET', path: ['connections'] });
    const rows = list.items.map((connection) => [
      connection.id,
      connection.name,
      stateOf(connection),
      connection.settings.dynamics.environmentUrl,
      connection.settings.zendesk.baseUrl,
    ]);
    const table = { columns: ['ID', 'NAME', 'STATE', 'DYNAMICS 365', 'ZENDESK'], rows };
    return { json: list, text: formatList(table, { total: list.total, none: 'There are no connections.' }) };
  },
};

function stateOf({ state, unconfirmed, held }: Responses['showConnection']): string {
  return [
    state,
    ...(unconfirmed === undefined ? [] : ['refusal unconfirmed']),
    ...(held === undefined ? [] : ['held']),
  ].join(', ');
}
