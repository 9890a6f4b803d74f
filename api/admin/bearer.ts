import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Secret } from '../../runtime/config/secret.ts';
import type { Store } from '../../store/store.ts';
import type { TokenScope } from '../../store/operations/tokens.ts';
import { ApiError } from '../api-error.ts';
import type { FailureLimit } from '../failure-limit.ts';

/** Who makes a request: the configured admin token, or one that was made by `token create`. */
export interface Actor {
  readonly name: string;
  readonly scope: TokenScope;
}

/** What tokens are judged by: the configured one, those that were made, and how often a wrong one may be tried. */
export interface BearerParts {
  readonly token: Secret;
  readonly tokens: Store['tokens'];
  readonly failures: FailureLimit;
}

/**
 * Lets nobody pass without a valid token; how far it reaches is for `requireScope`. Digests are compared, so the time taken
 * tells neither the admin token's content nor its length. A valid token passes from any address; a wrong one counts, none does not.
 */
export function requireBearer({ token, tokens, failures }: BearerParts): RequestHandler {
  const expected = digest(token.reveal());
  return async (request, response, next) => {
    const [, given = ''] = /^Bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    const isAdmin = timingSafeEqual(digest(given), expected);
    const found = isAdmin ? undefined : await tokens.find(given);
    if (!isAdmin && found === undefined) {
      if (given !== '' && (await failures.isExceeded(request, response))) return;
      throw new ApiError(401, 'unauthorized', 'A valid bearer token is needed (Authorization: Bearer …).');
    }
    const actor: Actor =
      found === undefined ? { name: 'admin', scope: 'admin' } : { name: `token ${found.id}`, scope: found.scope };
    response.locals['actor'] = actor;
    next();
  };
}

/** Who makes the request under way. */
export function actorOf(response: Response): Actor {
  return response.locals['actor'] as Actor;
}

const RANK: Readonly<Record<TokenScope, number>> = { read: 0, run: 1, admin: 2 };

/** Lets nobody pass whose token does not reach as far as this. */
export function requireScope(needed: TokenScope): RequestHandler<Record<string, string>> {
  return (_request, response, next) => {
    const { scope } = actorOf(response);
    if (RANK[scope] >= RANK[needed]) {
      next();
      return;
    }
    const message = `This needs a token of the scope "${needed}"; this one has "${scope}".`;
    throw new ApiError(403, 'scope_too_narrow', message);
  };
}

/** The same where there is no endpoint: whoever may only look learns nothing of what there is to be changed. */
export const requireScopeOfMethod: RequestHandler<Record<string, string>> = (request, response, next) => {
  const isLooking = request.method === 'GET' || request.method === 'HEAD';
  requireScope(isLooking ? 'read' : 'admin')(request, response, next);
};

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
