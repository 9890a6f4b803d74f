import type { RequestHandler } from 'express';
import { z } from 'zod';
import { OUTCOMES } from '../../domain/outcome.ts';
import type { AdminDeps } from './admin-deps.ts';
import { findConnection } from './find-connection.ts';
import { limitText, readQuery, searchText } from './read-input.ts';

const query = z.strictObject({
  state: z.enum(OUTCOMES).optional(),
  kind: z.enum(['customer', 'vendor', 'contact']).optional(),
  code: searchText.optional(),
  limit: limitText.optional(),
});

/** `GET /api/connections/:id/records`: the records of a connection with their outcomes, those seen last first. */
export function createListRecords({ services: { store } }: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const filter = readQuery(request, query);
    const { id } = await findConnection(store, request.params.id);
    response.json(await store.records.list(id, filter));
  };
}
