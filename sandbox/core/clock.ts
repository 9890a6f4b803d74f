/** The time the simulated systems live in: it starts at the real time and runs `scale` times as fast. */
export interface Clock {
  /** How many simulated seconds pass in a real one. */
  readonly scale: number;
  /** The simulated time. */
  now(): Date;
  /** How many real milliseconds a span of simulated milliseconds takes. */
  realMs(virtualMs: number): number;
}

/** What a clock is made from. */
export interface ClockOptions {
  /** Simulated seconds per real second; default 1. */
  readonly scale?: number;
  /** The real time in milliseconds since 1970; default `Date.now`. */
  readonly realNow?: () => number;
}

/** Makes the clock that jobs, storms and rate windows read, so that a test may shorten minutes to seconds. */
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
