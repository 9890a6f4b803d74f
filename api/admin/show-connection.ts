import { connectionId } from '../connection-file/fields.ts';
import { connection } from './answers/connection.ts';
import { viewConnection } from './connection-view.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';

/** `GET /api/connections/{id}`. */
export const showConnection = endpoint({
  method: 'get',
  path: '/connections/{id}',
  name: 'showConnection',
  summary: 'One connection, without its secrets.',
  scope: 'read',
  params: { id: connectionId },
  answer: connection,
  refusals: [404],
  handle:
    ({ services: { store }, publicUrl }) =>
    async ({ params }) =>
      viewConnection(await findConnection(store, params.id), publicUrl()),
});
