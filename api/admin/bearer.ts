import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Secret } from '../../runtime/config/secret.ts';
import type { Store } from '../../store/store.ts';
import type { TokenScope } from '../../store/operations/tokens.ts';
import { ApiError } from '../api-error.ts';
import type { FailureLimit } from '../failure-limit.ts';

/** The sender of a request: the configured admin token, or a token from `token create`. */
export interface Actor {
  readonly name: string;
  readonly scope: TokenScope;
}

/** The dependencies of the token check: the configured token, the created tokens, and the limit for wrong tokens. */
export interface BearerDeps {
  readonly token: Secret;
  readonly tokens: Store['tokens'];
  readonly failures: FailureLimit;
}

/**
 * Creates a handler that rejects requests without a valid token. `requireScope` checks the scope. Digests are compared,
 * so that the response time reveals neither the content nor the length of the admin token. A valid token is accepted
 * from every address. A wrong token is counted as a failure, a missing token is not.
 */
export function requireBearer({ token, tokens, failures }: BearerDeps): RequestHandler {
  const expected = digest(token.reveal());
  return async (request, response, next) => {
    const [, given = ''] = /^Bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    const isAdmin = timingSafeEqual(digest(given), expected);
    const found = isAdmin ? undefined : await tokens.find(given);
    if (!isAdmin && found === undefined) {
      if (given !== '' && (await failures.isExceeded(request, response))) return;
      throw new ApiError(401, 'unauthorized', 'A valid bearer token is required (Authorization: Bearer …).');
    }
    const actor: Actor =
      found === undefined ? { name: 'admin', scope: 'admin' } : { name: `token ${found.id}`, scope: found.scope };
    response.locals['actor'] = actor;
    next();
  };
}

/** Returns the sender of the current request. */
export function actorOf(response: Response): Actor {
  return response.locals['actor'] as Actor;
}

const RANK: Readonly<Record<TokenScope, number>> = { read: 0, run: 1, admin: 2 };

/** Returns whether a person may give the go of a connection. */
export function mayGiveGo({ scope }: Actor): boolean {
  return RANK[scope] >= RANK.admin;
}

/** Creates a handler that rejects tokens with a narrower scope. */
export function requireScope(needed: TokenScope): RequestHandler<Record<string, string>> {
  return (_request, response, next) => {
    checkScope(actorOf(response), needed, 'This request');
    next();
  };
}

/** Throws an ApiError with status 403 if the sender has a narrower scope. `what` needs the scope. */
export function checkScope({ scope }: Actor, needed: TokenScope, what: string): void {
  if (RANK[scope] >= RANK[needed]) return;
  const message = `${what} needs a token with the scope "${needed}". Your token has "${scope}".`;
  throw new ApiError(403, 'scope_too_narrow', message);
}

/**
 * Rejects tokens with a narrow scope where there is no endpoint, so that they reveal nothing about endpoints that
 * change data.
 */
export const requireScopeOfMethod: RequestHandler<Record<string, string>> = (request, response, next) => {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  requireScope(isRead ? 'read' : 'admin')(request, response, next);
};

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
