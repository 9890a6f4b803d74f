import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { AdminDeps } from './admin-deps.ts';
import { viewConnection } from './connection-view.ts';
import { limitText, readQuery } from './read-input.ts';

const query = z.strictObject({ limit: limitText.optional() });

/** `GET /api/connections`: all connections, newest first. */
export function createListConnections({ services: { store }, publicUrl }: AdminDeps): RequestHandler {
  return async (request, response) => {
    const { limit } = readQuery(request, query);
    const all = await store.connections.list();
    const items = all.slice(0, limit).map((connection) => viewConnection(connection, publicUrl()));
    response.json({ items, total: all.length });
  };
}
