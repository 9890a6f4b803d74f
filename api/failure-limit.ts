import type { Request, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Log } from '../runtime/log/log.ts';
import { networkOf } from './network-of.ts';

/** How many wrong credentials one address may send within a minute. */
const MOST_FAILURES = 20;
const WINDOW_S = 60;

/** Counts wrong credentials by the address that they come from. Whoever has a valid one is judged before and never counted. */
export interface FailureLimit {
  /** Counts one failure; true when it was one too many: the request is then answered, 429 with Retry-After. */
  isExceeded(request: Pick<Request, 'ip'>, response: Response): Promise<boolean>;
}

/**
 * Makes the limit of one guard of ours, in the memory of this process: a store that others share would let strangers write
 * to it. `guard` names it in the log; `most` is 20 a minute unless told.
 */
export function createFailureLimit({
  guard,
  log,
  most = MOST_FAILURES,
}: {
  readonly guard: string;
  readonly log: Log;
  readonly most?: number | undefined;
}): FailureLimit {
  const limiter = new RateLimiterMemory({ points: most, duration: WINDOW_S });
  return {
    async isExceeded(request, response) {
      const network = networkOf(request.ip ?? '');
      const excess = await limiter.consume(network).then(() => undefined, asExcess);
      if (excess === undefined) return false;
      if (excess.consumedPoints === most + 1)
        log.warn({ network, guard }, `more than ${most} wrong credentials within a minute came from one address`);
      answerTooMany(response, Math.max(1, Math.ceil(excess.msBeforeNext / 1_000)));
      return true;
    },
  };
}

function asExcess(reason: unknown): RateLimiterRes {
  if (reason instanceof RateLimiterRes) return reason;
  throw reason;
}

function answerTooMany(response: Response, waitS: number): void {
  const message = `Refused: this is no valid credential, and too many wrong ones came from this address. A valid one is taken at any time; try no other for ${waitS} s.`;
  response
    .status(429)
    .set('retry-after', String(waitS))
    .json({ error: { code: 'too_many_failures', message } });
}
