import { z } from 'zod';
import { knownEntities } from '../../domain/entities.ts';
import { RECORD_STATES } from '../../domain/sync/outcome.ts';
import type { Connection } from '../../store/connection/connections.ts';
import { ApiError } from '../api-error.ts';
import { connectionId } from '../connection-file/fields.ts';
import { listOf } from './responses/list.ts';
import { record } from './responses/record.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { limitText, searchText } from './read-input.ts';

const filter = z.strictObject({
  state: z.enum(RECORD_STATES).optional(),
  kind: searchText.optional().describe('The kind of the records. It must be an entity of the connection.'),
  code: searchText.optional(),
  limit: limitText.optional(),
});

/** Defines the endpoint `GET /api/connections/{id}/records`. */
export const listRecords = endpoint({
  method: 'get',
  path: '/connections/{id}/records',
  name: 'listRecords',
  summary: 'Lists the records of a connection with their outcomes. The records that were seen last come first.',
  scope: 'read',
  params: { id: connectionId },
  query: filter,
  response: listOf(record),
  errors: [404],
  handle:
    ({ services: { store } }) =>
    async ({ params, query }) => {
      const connection = await findConnection(store, params.id);
      requireKind(connection, query.kind);
      return store.records.list(connection.id, query);
    },
});

function requireKind(connection: Connection, wanted: string | undefined): void {
  const kinds = knownEntities(connection).map(({ kind }) => kind);
  if (wanted === undefined || kinds.includes(wanted)) return;
  throw new ApiError(400, 'invalid_request', [{ path: 'kind', message: `must be one of ${kinds.join(', ')}` }]);
}
