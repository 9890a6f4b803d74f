/** The clock of the simulated systems. It starts at the real time and runs `scale` times as fast. */
export interface Clock {
  /** Simulated seconds per real second. */
  readonly scale: number;
  /** Returns the simulated time. */
  now(): Date;
  /** Converts simulated milliseconds to real milliseconds. */
  realMs(virtualMs: number): number;
}

/** The options of a clock. */
export interface ClockOptions {
  /** Simulated seconds per real second; default 1. */
  readonly scale?: number;
  /** Returns the real time in milliseconds since 1970; default `Date.now`. */
  readonly realNow?: () => number;
}

/** Creates the clock of jobs, rate limits and storms. A test can use it to shorten minutes to seconds. */
export function createClock(options: ClockOptions = {}): Clock {
  const { scale = 1, realNow = Date.now } = options;
  if (!(scale > 0)) throw new RangeError(`A clock's scale must be above 0, not ${scale}.`);
  const startedAtMs = realNow();
  return {
    scale,
    now: () => new Date(startedAtMs + (realNow() - startedAtMs) * scale),
    realMs: (virtualMs) => virtualMs / scale,
  };
}
