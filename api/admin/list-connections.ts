import { connection } from './responses/connection.ts';
import { listOf } from './responses/list.ts';
import { viewConnections } from './connection-view.ts';
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
    (deps) =>
    async ({ query: { limit } }) => {
      const all = await deps.services.store.connections.list();
      return { items: await viewConnections(deps, all.slice(0, limit)), total: all.length };
    },
});
