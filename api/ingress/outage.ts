import { unavailableReason } from '../unavailable.ts';
import { TAKE_LIMIT_MS } from './take-event.ts';
import { DeadlineError, startWaiting, type InTime, type Waiting } from './within.ts';

/** A sender is sent away at once, since waiting would not help it: nothing behind the door answers, or too many wait already. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
}

/** Temporal starts some 150 workflows a second on two cores, so that more than these could not be served in time. */
const MOST_AT_ONCE = 256;

/** How long one may try while nothing answers, in ms: alone, it is served in a tenth of that once something does. */
const TRY_LIMIT_MS = 1_000;

/** Lets a request through a door, with the time that its sender waits; it says whether an event was taken. */
export type Watched = (take: (inTime: InTime) => Promise<{ readonly taken: boolean }>) => Promise<void>;

/**
 * Notices when Temporal or the store answers nobody, so that hundreds of senders need not each wait out their own limit: once
 * one waits in vain and nobody has been served since it came, all who wait are sent away, and from then on one at a time tries
 * while the others are sent away at once. The first that is taken ends it.
 */
export function createOutageWatch(limitMs = { take: TAKE_LIMIT_MS, try: TRY_LIMIT_MS }): Watched {
  let lastTaken = -Infinity;
  let state: 'open' | 'away' | 'trying' = 'open';
  const waiting: Waiting = new Set();
  let inside = 0;
  return async (take) => {
    if (state === 'trying') throw new OverloadedError(SILENT);
    if (inside >= MOST_AT_ONCE) throw new OverloadedError(`${MOST_AT_ONCE} events are being taken already.`);
    const tries = state === 'away';
    if (tries) state = 'trying';
    const since = performance.now();
    inside += 1;
    try {
      const { taken } = await take(startWaiting(tries ? limitMs.try : limitMs.take, waiting));
      if (taken) {
        lastTaken = performance.now();
        state = 'open';
      }
    } catch (error) {
      if (isOutage(error) && lastTaken < since) {
        state = 'away';
        for (const sendAway of waiting) sendAway(new OverloadedError(SILENT));
      }
      throw error;
    } finally {
      inside -= 1;
      if (tries && state === 'trying') state = 'away';
    }
  };
}

const SILENT = 'Neither Temporal nor the store has answered any event lately.';

function isOutage(error: unknown): boolean {
  return error instanceof DeadlineError || unavailableReason(error) !== undefined;
}
