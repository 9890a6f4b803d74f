import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Connection } from '../../store/connections.ts';
import { ApiError } from '../api-error.ts';
import { legalEntity } from '../connection-file/fields.ts';
import type { AdminDeps } from './admin-deps.ts';
import { findConnection } from './find-connection.ts';
import { startMasterSync } from './master-sync.ts';
import { readBody } from './read-input.ts';

const body = z.strictObject({
  legalEntity: legalEntity.nullish(),
  full: z.boolean().nullish(),
  acceptShrink: z.boolean().nullish(),
});

/** `POST /api/connections/:id/sync`: starts a master sync or joins the one that runs; 202 with the run's id. */
export function createStartSync(deps: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const wanted = readBody(request, body);
    const connection = await findConnection(deps.services.store, request.params.id);
    requireAuthorized(connection);
    if (wanted.legalEntity) requireEntity(connection, wanted.legalEntity);
    const scope = {
      legalEntity: wanted.legalEntity ?? undefined,
      full: wanted.full ?? false,
      acceptShrink: wanted.acceptShrink ?? false,
    };
    response.status(202).json(await startMasterSync(deps, connection.id, scope));
  };
}

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
