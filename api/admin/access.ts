import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import { auditEntry, tokenReport } from './answers/access.ts';
import { listOf } from './answers/list.ts';
import { endpoint } from './endpoint.ts';
import { limitText, pageQuery, searchText } from './read-input.ts';
import { resealSchedules } from './schedules.ts';

const scope = z.enum(['read', 'run', 'admin']);
const tokenId = z.string().regex(/^[0-9a-f]{12}$/);

/** `POST /api/tokens`. */
export const createToken = endpoint({
  method: 'post',
  path: '/tokens',
  name: 'createToken',
  summary: 'Makes a token and answers it, this once.',
  scope: 'admin',
  action: 'token.create',
  params: {},
  body: z.strictObject({ scope }),
  status: 201,
  answer: z.strictObject({ id: tokenId, token: z.string(), scope }),
  handle:
    ({ services: { store } }) =>
    async ({ body }) => ({ ...(await store.tokens.create(body.scope)), scope: body.scope }),
});

/** `GET /api/tokens`. */
export const listTokens = endpoint({
  method: 'get',
  path: '/tokens',
  name: 'listTokens',
  summary: 'The tokens that were made, newest first, without their secrets.',
  scope: 'admin',
  params: {},
  query: pageQuery,
  answer: listOf(tokenReport),
  handle:
    ({ services: { store } }) =>
    ({ query: { limit } }) =>
      store.tokens.list(limit),
});

/** `DELETE /api/tokens/{id}`. */
export const revokeToken = endpoint({
  method: 'delete',
  path: '/tokens/{id}',
  name: 'revokeToken',
  summary: 'Revokes a token at once.',
  scope: 'admin',
  action: 'token.revoke',
  params: { id: tokenId },
  answer: z.strictObject({ id: tokenId, revoked: z.literal(true) }),
  refusals: [404],
  handle:
    ({ services: { store } }) =>
    async ({ params: { id } }) => {
      const isRevoked = tokenId.safeParse(id).success && (await store.tokens.revoke(id));
      if (!isRevoked)
        throw new ApiError(404, 'token_missing', `There is no token "${id.slice(0, 60)}" that is in use.`);
      return { id, revoked: true as const };
    },
});

/** `POST /api/keys/rotate`; what Temporal holds of workflows stays under the key that it was written with. */
export const rotateKeys = endpoint({
  method: 'post',
  path: '/keys/rotate',
  name: 'rotateKeys',
  summary:
    'Seals all credentials anew under the first encryption key, and what the schedules start; may be begun again.',
  scope: 'admin',
  action: 'keys.rotate',
  params: {},
  answer: z.strictObject({ rotated: z.int().min(0), keyId: z.string() }),
  handle: (deps) => async () => {
    const { store } = deps.services;
    const rotated = await store.credentials.rotate();
    for (const { id } of await store.connections.list()) await resealSchedules(deps, id);
    return rotated;
  },
});

/** `GET /api/audit`. */
export const listAudit = endpoint({
  method: 'get',
  path: '/audit',
  name: 'listAudit',
  summary: 'Who did what, newest first; of one connection if it is named.',
  scope: 'admin',
  params: {},
  query: z.strictObject({ connection: searchText.optional(), limit: limitText.optional() }),
  answer: listOf(auditEntry),
  handle:
    ({ services: { store } }) =>
    ({ query: { connection, limit } }) =>
      store.audit.list({ subject: connection, limit }),
});
