import { unavailableReason } from '../unavailable.ts';
import { RESPONSE_LIMIT_MS } from './accept-event.ts';
import { DeadlineError, startDeadline, type PendingRequests, type WithDeadline } from './deadline.ts';

/**
 * Thrown when a request is refused at once, because Temporal or the store does not respond or too many requests are in
 * progress.
 */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
}

/** Temporal starts about 150 workflows per second on two cores, so more requests could not be handled in time. */
const MAX_IN_PROGRESS = 256;

/** The time limit of a probe request during an outage, in ms. A single request normally needs a tenth of it. */
const PROBE_LIMIT_MS = 1_000;

/**
 * Runs the handler of a request with the time limit of its sender. The handler returns whether an event was accepted.
 */
export type OutageWatch = (
  handle: (withDeadline: WithDeadline) => Promise<{ readonly accepted: boolean }>,
) => Promise<void>;

/**
 * Creates a watch that detects when Temporal or the store does not respond, so that hundreds of senders need not wait
 * for their own time limit. An outage begins when a request fails and no request has succeeded since it arrived. All
 * waiting requests are then refused. During the outage, one request at a time is tried as a probe and all others are
 * refused at once. The first request that succeeds ends the outage.
 */
export function createOutageWatch(limitMs = { request: RESPONSE_LIMIT_MS, probe: PROBE_LIMIT_MS }): OutageWatch {
  let lastAcceptedAt = -Infinity;
  let state: 'up' | 'down' | 'probing' = 'up';
  const pending: PendingRequests = new Set();
  let inProgress = 0;
  return async (handle) => {
    if (state === 'probing') throw new OverloadedError(NO_RESPONSE);
    if (inProgress >= MAX_IN_PROGRESS)
      throw new OverloadedError(`${MAX_IN_PROGRESS} requests are already in progress.`);
    const isProbe = state === 'down';
    if (isProbe) state = 'probing';
    const startedAt = performance.now();
    inProgress += 1;
    try {
      const { accepted } = await handle(startDeadline(isProbe ? limitMs.probe : limitMs.request, pending));
      if (accepted) {
        lastAcceptedAt = performance.now();
        state = 'up';
      }
    } catch (error) {
      if (isOutage(error) && lastAcceptedAt < startedAt) {
        state = 'down';
        for (const cancel of pending) cancel(new OverloadedError(NO_RESPONSE));
      }
      throw error;
    } finally {
      inProgress -= 1;
      if (isProbe && state === 'probing') state = 'down';
    }
  };
}

const NO_RESPONSE = 'Temporal or the store does not respond at present.';

function isOutage(error: unknown): boolean {
  return error instanceof DeadlineError || unavailableReason(error) !== undefined;
}
