import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { AdminDeps } from './admin-deps.ts';
import { findConnection } from './find-connection.ts';
import { readBody } from './read-input.ts';
import { ensureSchedules, listSchedules, pauseSchedules } from './schedules.ts';
import { requireAuthorized } from './start-sync.ts';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

const body = z.strictObject({
  everyMs: z.int().min(MINUTE_MS).max(WEEK_MS).nullish(),
  paused: z.boolean().nullish(),
});

/** `GET /api/connections/:id/schedule`: the schedules of a connection. */
export function createShowSchedule(deps: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const connection = await findConnection(deps.services.store, request.params.id);
    const items = await listSchedules(deps, connection);
    response.json({ items, total: items.length });
  };
}

/** `POST /api/connections/:id/schedule`: changes how often the master sync runs, and pauses or resumes both schedules. */
export function createChangeSchedule(deps: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { everyMs, paused } = readBody(request, body);
    const { store } = deps.services;
    const found = await findConnection(store, request.params.id);
    requireAuthorized(found);
    const { id } = found;
    if (everyMs !== undefined && everyMs !== null) await store.connections.setSyncInterval(id, everyMs);
    const connection = await store.connections.require(id);
    await ensureSchedules(deps, connection);
    if (paused !== undefined && paused !== null) await pauseSchedules(deps, id, paused);
    const items = await listSchedules(deps, connection);
    response.json({ items, total: items.length });
  };
}
