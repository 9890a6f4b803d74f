import { connection } from './responses/connection.ts';
import { listOf } from './responses/list.ts';
import { viewConnection } from './connection-view.ts';
import { endpoint } from './endpoint.ts';
import { pageQuery } from './read-input.ts';

/** Defines the endpoint `GET /api/connections`. */
export const listConnections = endpoint({
  method: 'get',
  path: '/connections',
  name: 'listConnections',
  summary: 'Lists all connections, newest first.',
  scope: 'read',
  params: {},
  query: pageQuery,
  response: listOf(connection),
  handle:
    ({ services: { store }, publicUrl }) =>
    async ({ query: { limit } }) => {
      const all = await store.connections.list();
      const states = { refusals: await store.refusals.unconfirmed(), held: await store.held.list() };
      const items = all.slice(0, limit).map((one) => viewConnection(one, publicUrl(), states));
      return { items, total: all.length };
    },
});
