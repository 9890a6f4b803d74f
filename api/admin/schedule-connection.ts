import { z } from 'zod';
import { connectionId } from '../connection-file/fields.ts';
import { listOf } from './responses/list.ts';
import { schedule } from './responses/schedule.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { ensureSchedules, listSchedules, pauseSchedules } from './schedules.ts';
import { requireAuthorized } from './start-sync.ts';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

const change = z.strictObject({
  everyMs: z.int().min(MINUTE_MS).max(WEEK_MS).nullish(),
  paused: z.boolean().nullish(),
});

/** Defines the endpoint `GET /api/connections/{id}/schedule`. */
export const showSchedule = endpoint({
  method: 'get',
  path: '/connections/{id}/schedule',
  name: 'showSchedule',
  summary: 'Lists the schedules of a connection.',
  scope: 'read',
  params: { id: connectionId },
  response: listOf(schedule),
  errors: [404],
  handle:
    (deps) =>
    async ({ params }) => {
      const connection = await findConnection(deps.services.store, params.id);
      const items = await listSchedules(deps, connection);
      return { items, total: items.length };
    },
});

/** Defines the endpoint `POST /api/connections/{id}/schedule`. */
export const changeSchedule = endpoint({
  method: 'post',
  path: '/connections/{id}/schedule',
  name: 'changeSchedule',
  summary: 'Changes the interval of the master sync, and pauses or resumes both schedules.',
  scope: 'admin',
  action: 'connection.schedule',
  params: { id: connectionId },
  body: change,
  response: listOf(schedule),
  errors: [404, 409],
  handle:
    (deps) =>
    async ({ params, body: { everyMs, paused } }) => {
      const { store } = deps.services;
      const found = await findConnection(store, params.id);
      requireAuthorized(found);
      const { id } = found;
      if (everyMs !== undefined && everyMs !== null) await store.connections.setSyncInterval(id, everyMs);
      const connection = await store.connections.require(id);
      await ensureSchedules(deps, connection);
      if (paused !== undefined && paused !== null) await pauseSchedules(deps, id, paused);
      const items = await listSchedules(deps, connection);
      return { items, total: items.length };
    },
});
