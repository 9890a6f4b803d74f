import { connectionId } from '../connection-file/fields.ts';
import { connection } from './responses/connection.ts';
import { viewConnection } from './connection-view.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';

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
    ({ services: { store }, publicUrl }) =>
    async ({ params: { id } }) =>
      viewConnection(await findConnection(store, id), publicUrl(), {
        refusals: await store.refusals.unconfirmed(id),
        held: await store.held.list(id),
      }),
});
