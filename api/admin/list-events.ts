import { notAnnotated, type NotAnnotated } from '../../domain/connection/not-annotated.ts';
import type { SupportReport } from '../../store/support/support.ts';
import { connectionId } from '../connection-file/fields.ts';
import { event } from './responses/event.ts';
import { listOf } from './responses/list.ts';
import { supportItem } from './responses/support.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { pageQuery } from './read-input.ts';

/** Defines the endpoint `GET /api/connections/{id}/events`. */
export const listEvents = endpoint({
  method: 'get',
  path: '/connections/{id}/events',
  name: 'listEvents',
  summary: 'Lists the received events with their outcomes, newest first.',
  scope: 'read',
  params: { id: connectionId },
  query: pageQuery,
  response: listOf(event),
  errors: [404],
  handle:
    ({ services: { store } }) =>
    async ({ params, query }) => {
      const { id } = await findConnection(store, params.id);
      return store.events.list(id, query.limit);
    },
});

/** Defines the endpoint `GET /api/connections/{id}/support`. */
export const listSupport = endpoint({
  method: 'get',
  path: '/connections/{id}/support',
  name: 'listSupport',
  summary: 'Lists accounts with their support load, as last computed and as last written to F&O.',
  scope: 'read',
  params: { id: connectionId },
  query: pageQuery,
  response: listOf(supportItem),
  errors: [404],
  handle:
    ({ services: { store } }) =>
    async ({ params, query }) => {
      const connection = await findConnection(store, params.id);
      const { items, total } = await store.support.list(connection.id, query.limit);
      const gos = await store.gos.list(connection.id);
      return {
        items: items.map((item) => ({ ...item, problem: problemOf(notAnnotated(connection, gos, item), item) })),
        total,
      };
    },
});

/** A stored problem may be from before the annotation was switched off. */
function problemOf(reason: NotAnnotated | null, { problem }: SupportReport): SupportReport['problem'] {
  return reason === null ? problem : { code: reason.code, message: reason.message };
}
