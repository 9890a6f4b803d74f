import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import { auditEntry, tokenReport } from './responses/access.ts';
import { listOf } from './responses/list.ts';
import { endpoint } from './endpoint.ts';
import { limitText, pageQuery, searchText } from './read-input.ts';
import { reencryptSchedules } from './schedules.ts';

const scope = z.enum(['read', 'run', 'admin']);
const tokenId = z.string().regex(/^[0-9a-f]{12}$/);

/** Defines the endpoint `POST /api/tokens`. */
export const createToken = endpoint({
  method: 'post',
  path: '/tokens',
  name: 'createToken',
  summary: 'Creates a token and returns it. The token cannot be read again.',
  scope: 'admin',
  action: 'token.create',
  params: {},
  body: z.strictObject({ scope }),
  status: 201,
  response: z.strictObject({ id: tokenId, token: z.string(), scope }),
  handle:
    ({ services: { store } }) =>
    async ({ body }) => ({ ...(await store.tokens.create(body.scope)), scope: body.scope }),
});

/** Defines the endpoint `GET /api/tokens`. */
export const listTokens = endpoint({
  method: 'get',
  path: '/tokens',
  name: 'listTokens',
  summary: 'Lists the tokens, newest first, without their secrets.',
  scope: 'admin',
  params: {},
  query: pageQuery,
  response: listOf(tokenReport),
  handle:
    ({ services: { store } }) =>
    ({ query: { limit } }) =>
      store.tokens.list(limit),
});

/** Defines the endpoint `DELETE /api/tokens/{id}`. */
export const revokeToken = endpoint({
  method: 'delete',
  path: '/tokens/{id}',
  name: 'revokeToken',
  summary: 'Revokes a token. It stops working at once.',
  scope: 'admin',
  action: 'token.revoke',
  params: { id: tokenId },
  response: z.strictObject({ id: tokenId, revoked: z.literal(true) }),
  errors: [404],
  handle:
    ({ services: { store } }) =>
    async ({ params: { id } }) => {
      const isRevoked = tokenId.safeParse(id).success && (await store.tokens.revoke(id));
      if (!isRevoked)
        throw new ApiError(
          404,
          'token_missing',
          `There is no active token "${id.slice(0, 60)}". To list the tokens, run: ledgerdesk token list`,
        );
      return { id, revoked: true as const };
    },
});

/**
 * Defines the endpoint `POST /api/keys/rotate`. Histories of workflows in Temporal keep the key that they were
 * encrypted with.
 */
export const rotateKeys = endpoint({
  method: 'post',
  path: '/keys/rotate',
  name: 'rotateKeys',
  summary:
    'Encrypts all credentials, and the inputs of all schedules, with the first encryption key. Can be repeated safely.',
  scope: 'admin',
  action: 'keys.rotate',
  params: {},
  response: z.strictObject({ rotated: z.int().min(0), keyId: z.string() }),
  handle: (deps) => async () => {
    const { store } = deps.services;
    const rotated = await store.credentials.rotate();
    for (const { id } of await store.connections.list()) await reencryptSchedules(deps, id);
    return rotated;
  },
});

/** Defines the endpoint `GET /api/audit`. */
export const listAudit = endpoint({
  method: 'get',
  path: '/audit',
  name: 'listAudit',
  summary: 'Lists the entries of the audit log, newest first. With `connection`, only those of that connection.',
  scope: 'admin',
  params: {},
  query: z.strictObject({ connection: searchText.optional(), limit: limitText.optional() }),
  response: listOf(auditEntry),
  handle:
    ({ services: { store } }) =>
    ({ query: { connection, limit } }) =>
      store.audit.list({ subject: connection, limit }),
});
