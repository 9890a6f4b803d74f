import { connectionId } from '../connection-file/fields.ts';
import { listOf } from './responses/list.ts';
import { run } from './responses/run.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { pageQuery } from './read-input.ts';
import { withReason } from './why-waiting.ts';

/** Defines the endpoint `GET /api/connections/{id}/runs`. */
export const listRuns = endpoint({
  method: 'get',
  path: '/connections/{id}/runs',
  name: 'listRuns',
  summary: 'Lists the master runs of a connection, newest first.',
  scope: 'read',
  params: { id: connectionId },
  query: pageQuery,
  response: listOf(run),
  errors: [404],
  handle:
    (deps) =>
    async ({ params, query }) => {
      const { store } = deps.services;
      const { id } = await findConnection(store, params.id);
      const { items, total } = await store.reports.list(id, query.limit);
      return { items: await Promise.all(items.map((item) => withReason(deps, item))), total };
    },
});
