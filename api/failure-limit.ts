import type { Request, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Log } from '../runtime/log/log.ts';
import { networkOf } from './network-of.ts';

const MAX_FAILURES = 20;
const WINDOW_S = 60;

/** A limit for wrong credentials per address. Requests with a valid credential are not counted. */
export interface FailureLimit {
  /** Counts one failure. Returns true over the limit, after it has responded with 429 and Retry-After. */
  isExceeded(request: Pick<Request, 'ip'>, response: Response): Promise<boolean>;
}

/**
 * Creates a limit for one group of endpoints. Counts are kept in the memory of this process, because unauthenticated
 * requests must not write to a shared store. `guard` is its name in the log. `max` is per minute (default: 20).
 */
export function createFailureLimit({
  guard,
  log,
  max = MAX_FAILURES,
}: {
  readonly guard: string;
  readonly log: Log;
  readonly max?: number | undefined;
}): FailureLimit {
  const limiter = new RateLimiterMemory({ points: max, duration: WINDOW_S });
  return {
    async isExceeded(request, response) {
      const network = networkOf(request.ip ?? '');
      const exceeded = await limiter.consume(network).then(() => undefined, toLimiterResult);
      if (exceeded === undefined) return false;
      if (exceeded.consumedPoints === max + 1)
        log.warn({ network, guard }, `one address sent more than ${max} wrong credentials within a minute`);
      respondTooMany(response, Math.max(1, Math.ceil(exceeded.msBeforeNext / 1_000)));
      return true;
    },
  };
}

function toLimiterResult(reason: unknown): RateLimiterRes {
  if (reason instanceof RateLimiterRes) return reason;
  throw reason;
}

function respondTooMany(response: Response, waitS: number): void {
  const message = `This credential is not valid, and this address has sent too many wrong credentials. Wait ${waitS} s before you try another one. A valid credential is always accepted.`;
  response
    .status(429)
    .set('retry-after', String(waitS))
    .json({ error: { code: 'too_many_failures', message } });
}
