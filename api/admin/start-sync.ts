import { z } from 'zod';
import type { Connection } from '../../store/connection/connections.ts';
import { ApiError } from '../api-error.ts';
import { connectionId, legalEntity } from '../connection-file/fields.ts';
import { startedRun } from './responses/run.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { startMasterSync } from './master-sync.ts';

/** Defines the endpoint `POST /api/connections/{id}/sync`. */
export const startSync = endpoint({
  method: 'post',
  path: '/connections/{id}/sync',
  name: 'startSync',
  summary: 'Starts a master sync, or joins the running one.',
  scope: 'run',
  action: 'connection.sync',
  params: { id: connectionId },
  body: z.strictObject({
    legalEntity: legalEntity.nullish(),
    full: z
      .boolean()
      .nullish()
      .describe('Compares every linked organization and user with Zendesk, not only changed records.'),
    acceptShrink: z
      .boolean()
      .nullish()
      .describe('Accepts, for this run only, that F&O has far fewer records than before.'),
  }),
  status: 202,
  response: startedRun,
  errors: [404, 409],
  handle:
    (deps) =>
    async ({ params, body }) => {
      const connection = await findConnection(deps.services.store, params.id);
      requireAuthorized(connection);
      if (body.legalEntity) requireEntity(connection, body.legalEntity);
      return startMasterSync(deps, connection.id, {
        legalEntity: body.legalEntity ?? undefined,
        full: body.full ?? false,
        acceptShrink: body.acceptShrink ?? false,
      });
    },
});

/** Throws an ApiError with status 409 if the connection has no Zendesk token yet, because its runs could only fail. */
export function requireAuthorized({ id, state }: Connection): void {
  if (state !== 'needs_authorization') return;
  const message = `Connection "${id}" has no access token for Zendesk yet. To authorize it, run: ledgerdesk connection authorize ${id} (or set zendesk.accessToken in its file and apply it again)`;
  throw new ApiError(409, 'needs_authorization', message);
}

/** Throws an ApiError with status 400 if the connection does not sync a legal entity. */
export function requireEntity({ id, settings }: Connection, wanted: string): void {
  const synced = settings.dynamics.legalEntities;
  if (synced.length === 0 || synced.includes(wanted)) return;
  const message = `Connection "${id}" does not sync legal entity "${wanted}". It syncs ${synced.join(', ')}.`;
  throw new ApiError(400, 'unknown_legal_entity', message);
}
