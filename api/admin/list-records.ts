import { z } from 'zod';
import { OUTCOMES } from '../../domain/sync/outcome.ts';
import { connectionId } from '../connection-file/fields.ts';
import { listOf } from './answers/list.ts';
import { record } from './answers/record.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { limitText, searchText } from './read-input.ts';

const filter = z.strictObject({
  state: z.enum(OUTCOMES).optional(),
  kind: z.enum(['customer', 'vendor', 'contact']).optional(),
  code: searchText.optional(),
  limit: limitText.optional(),
});

/** `GET /api/connections/{id}/records`. */
export const listRecords = endpoint({
  method: 'get',
  path: '/connections/{id}/records',
  name: 'listRecords',
  summary: 'The records of a connection with their outcomes, those seen last first.',
  scope: 'read',
  params: { id: connectionId },
  query: filter,
  answer: listOf(record),
  refusals: [404],
  handle:
    ({ services: { store } }) =>
    async ({ params, query }) => {
      const { id } = await findConnection(store, params.id);
      return store.records.list(id, query);
    },
});
