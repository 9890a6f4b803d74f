import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { AdminDeps } from './admin-deps.ts';
import { findConnection } from './find-connection.ts';
import { limitText, readQuery } from './read-input.ts';

const query = z.strictObject({ limit: limitText.optional() });

/** `GET /api/connections/:id/runs`: the master runs of a connection, newest first. */
export function createListRuns({ services: { store } }: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { limit } = readQuery(request, query);
    const { id } = await findConnection(store, request.params.id);
    response.json(await store.reports.list(id, limit));
  };
}
