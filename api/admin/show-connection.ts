import { connectionId } from '../connection-file/fields.ts';
import { connection } from './responses/connection.ts';
import { viewConnection } from './connection-view.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { viewReusedNumbers } from './reused-numbers.ts';

/** Defines the endpoint `GET /api/connections/{id}`. */
export const showConnection = endpoint({
  method: 'get',
  path: '/connections/{id}',
  name: 'showConnection',
  summary: 'Returns a connection without its secrets.',
  scope: 'read',
  params: { id: connectionId },
  response: connection,
  errors: [404],
  handle:
    (deps) =>
    async ({ params: { id } }) => {
      const { store } = deps.services;
      const reused = await store.reusedNumbers.get(id);
      return { ...(await viewConnection(deps, await findConnection(store, id))), ...viewReusedNumbers(reused) };
    },
});
