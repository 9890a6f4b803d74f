import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Secret } from '../../runtime/secret.ts';
import { ApiError } from '../api-error.ts';

/** Lets nobody pass without the token. Digests are compared, so the time taken tells neither its content nor its length. */
export function requireBearer(token: Secret): RequestHandler {
  const expected = digest(token.reveal());
  return (request, _response, next) => {
    const [, given] = /^Bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    if (given === undefined || !timingSafeEqual(digest(given), expected))
      throw new ApiError(401, 'unauthorized', 'A valid bearer token is needed (Authorization: Bearer …).');
    next();
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
