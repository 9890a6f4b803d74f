import type { RequestHandler } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import { viewConnection } from './connection-view.ts';
import { findConnection } from './find-connection.ts';

/** `GET /api/connections/:id`: one connection, without its secrets. */
export function createShowConnection({ services: { store }, publicUrl }: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    response.json(viewConnection(await findConnection(store, request.params.id), publicUrl()));
  };
}
