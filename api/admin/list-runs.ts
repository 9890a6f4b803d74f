import { connectionId } from '../connection-file/fields.ts';
import { listOf } from './responses/list.ts';
import { run } from './responses/run.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { pageQuery } from './read-input.ts';

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
    ({ services: { store } }) =>
    async ({ params, query }) => {
      const { id } = await findConnection(store, params.id);
      return store.reports.list(id, query.limit);
    },
});
