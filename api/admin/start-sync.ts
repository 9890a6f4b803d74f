import { z } from 'zod';
import type { Connection } from '../../store/connection/connections.ts';
import { ApiError } from '../api-error.ts';
import { connectionId, legalEntity } from '../connection-file/fields.ts';
import { runUnderWay } from './answers/run.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { startMasterSync } from './master-sync.ts';

/** `POST /api/connections/{id}/sync`. */
export const startSync = endpoint({
  method: 'post',
  path: '/connections/{id}/sync',
  name: 'startSync',
  summary: 'Starts a master sync or joins the one that runs.',
  scope: 'run',
  action: 'connection.sync',
  params: { id: connectionId },
  body: z.strictObject({
    legalEntity: legalEntity.nullish(),
    full: z.boolean().nullish().describe('Compares every linked organization, whatever is remembered.'),
    acceptShrink: z.boolean().nullish().describe('Believes, this once, that the ERP has so much less than before.'),
  }),
  status: 202,
  answer: runUnderWay,
  refusals: [404, 409],
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

/** Refuses a connection that has no Zendesk token yet: its run could only fail. */
export function requireAuthorized({ id, state }: Connection): void {
  if (state !== 'needs_authorization') return;
  const message = `Connection "${id}" has no access token for Zendesk yet: apply its file again with zendesk.accessToken.`;
  throw new ApiError(409, 'needs_authorization', message);
}

function requireEntity({ id, settings }: Connection, wanted: string): void {
  const named = settings.dynamics.legalEntities;
  if (named.length === 0 || named.includes(wanted)) return;
  const message = `Connection "${id}" does not sync legal entity "${wanted}"; it syncs ${named.join(', ')}.`;
  throw new ApiError(400, 'unknown_legal_entity', message);
}
