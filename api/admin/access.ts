import type { RequestHandler } from 'express';
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import type { AdminDeps } from './admin-deps.ts';
import { limitText, readBody, readQuery, searchText } from './read-input.ts';
import { resealSchedules } from './schedules.ts';

const scope = z.strictObject({ scope: z.enum(['read', 'run', 'admin']) });
const page = z.strictObject({ limit: limitText.optional() });
const auditPage = z.strictObject({ connection: searchText.optional(), limit: limitText.optional() });

/** `POST /api/tokens`: makes a token and answers it, this once. */
export function createCreateToken({ services: { store } }: AdminDeps): RequestHandler {
  return async (request, response) => {
    const wanted = readBody(request, scope);
    response.status(201).json({ ...(await store.tokens.create(wanted.scope)), scope: wanted.scope });
  };
}

/** `GET /api/tokens`: the tokens, without their secrets. */
export function createListTokens({ services: { store } }: AdminDeps): RequestHandler {
  return async (request, response) => {
    response.json(await store.tokens.list(readQuery(request, page).limit));
  };
}

/** `DELETE /api/tokens/:id`: revokes a token at once. */
export function createRevokeToken({ services: { store } }: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { id } = request.params;
    if (!(await store.tokens.revoke(id)))
      throw new ApiError(404, 'token_missing', `There is no token "${id}" that is in use.`);
    response.json({ id, revoked: true });
  };
}

/**
 * `POST /api/keys/rotate`: seals all credentials under the first encryption key, and what the schedules start. What Temporal
 * holds of workflows stays under the key that it was written with.
 */
export function createRotateKeys(deps: AdminDeps): RequestHandler {
  const { store } = deps.services;
  return async (_request, response) => {
    const rotated = await store.credentials.rotate();
    for (const { id } of await store.connections.list()) await resealSchedules(deps, id);
    response.json(rotated);
  };
}

/** `GET /api/audit`: who did what, newest first. */
export function createListAudit({ services: { store } }: AdminDeps): RequestHandler {
  return async (request, response) => {
    const { connection, limit } = readQuery(request, auditPage);
    response.json(await store.audit.list({ subject: connection, limit }));
  };
}
