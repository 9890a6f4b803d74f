import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Secret } from '../../runtime/secret.ts';
import type { Store } from '../../store/store.ts';
import type { TokenScope } from '../../store/tokens.ts';
import { ApiError } from '../api-error.ts';

/** Who makes a request: the configured admin token, or one that was made by `token create`. */
export interface Actor {
  readonly name: string;
  readonly scope: TokenScope;
}

/**
 * Lets nobody pass without a valid token, and nobody do more than its scope allows. Digests are compared, so the time taken
 * tells neither the admin token's content nor its length.
 */
export function requireBearer(token: Secret, tokens: Store['tokens']): RequestHandler {
  const expected = digest(token.reveal());
  return async (request, response, next) => {
    const [, given = ''] = /^Bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    const isAdmin = timingSafeEqual(digest(given), expected);
    const found = isAdmin ? undefined : await tokens.find(given);
    if (!isAdmin && found === undefined)
      throw new ApiError(401, 'unauthorized', 'A valid bearer token is needed (Authorization: Bearer …).');
    const actor: Actor =
      found === undefined ? { name: 'admin', scope: 'admin' } : { name: `token ${found.id}`, scope: found.scope };
    const needed = scopeFor(request.method, request.path);
    if (RANK[actor.scope] < RANK[needed]) {
      const message = `This needs a token of the scope "${needed}"; this one has "${actor.scope}".`;
      throw new ApiError(403, 'scope_too_narrow', message);
    }
    response.locals['actor'] = actor;
    next();
  };
}

/** Who makes the request under way. */
export function actorOf(response: Response): Actor {
  return response.locals['actor'] as Actor;
}

const RANK: Readonly<Record<TokenScope, number>> = { read: 0, run: 1, admin: 2 };

/** Paths that start or end work, and change nothing else. */
const RUNS = /^\/(?:connections\/[^/]+\/(?:sync|retry|ping)|runs\/[^/]+\/cancel)$/;
/** Paths that show who may do what, who did, and a capability. */
const ADMIN_ONLY = /^\/(?:tokens|audit|codec)(?:\/|$)/;

function scopeFor(method: string, path: string): TokenScope {
  if (ADMIN_ONLY.test(path)) return 'admin';
  if (method === 'GET' || method === 'HEAD') return 'read';
  return RUNS.test(path) ? 'run' : 'admin';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
