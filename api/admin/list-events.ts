import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { AdminDeps } from './admin-deps.ts';
import { findConnection } from './find-connection.ts';
import { limitText, readQuery } from './read-input.ts';

const query = z.strictObject({ limit: limitText.optional() });

/** `GET /api/connections/:id/events`: the events that came in, newest first, with what became of them. */
export function createListEvents({ services: { store } }: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { limit } = readQuery(request, query);
    const { id } = await findConnection(store, request.params.id);
    response.json(await store.events.list(id, limit));
  };
}

/** `GET /api/connections/:id/support`: accounts with their support, as last computed and as last written. */
export function createListSupport({ services: { store } }: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { limit } = readQuery(request, query);
    const { id } = await findConnection(store, request.params.id);
    response.json(await store.support.list(id, limit));
  };
}
