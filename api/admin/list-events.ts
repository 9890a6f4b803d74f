import { connectionId } from '../connection-file/fields.ts';
import { event } from './answers/event.ts';
import { listOf } from './answers/list.ts';
import { supportItem } from './answers/support.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { pageQuery } from './read-input.ts';

/** `GET /api/connections/{id}/events`. */
export const listEvents = endpoint({
  method: 'get',
  path: '/connections/{id}/events',
  name: 'listEvents',
  summary: 'The events that came in, newest first, with what became of them.',
  scope: 'read',
  params: { id: connectionId },
  query: pageQuery,
  answer: listOf(event),
  refusals: [404],
  handle:
    ({ services: { store } }) =>
    async ({ params, query }) => {
      const { id } = await findConnection(store, params.id);
      return store.events.list(id, query.limit);
    },
});

/** `GET /api/connections/{id}/support`. */
export const listSupport = endpoint({
  method: 'get',
  path: '/connections/{id}/support',
  name: 'listSupport',
  summary: 'Accounts with their support, as last computed and as last written.',
  scope: 'read',
  params: { id: connectionId },
  query: pageQuery,
  answer: listOf(supportItem),
  refusals: [404],
  handle:
    ({ services: { store } }) =>
    async ({ params, query }) => {
      const { id } = await findConnection(store, params.id);
      return store.support.list(id, query.limit);
    },
});
