/**
 * The clock of the simulated systems. It starts at the real time and runs `scale` times as fast. It can be set ahead of
 * the real time or behind it, as if the clock of the client were wrong.
 */
export interface Clock {
  /** Simulated seconds per real second. */
  readonly scale: number;
  /** Returns the simulated time. */
  now(): Date;
  /** Converts simulated milliseconds to real milliseconds. */
  realMs(virtualMs: number): number;
  /** Returns the real time plus the skew, for times that a client compares with its own clock. */
  ofClient(): Date;
  /** The milliseconds by which the clock is ahead of the real time; negative when it is behind. */
  skewMs(): number;
  setSkew(skewMs: number): void;
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
  let skew = 0;
  return {
    scale,
    now: () => new Date(startedAtMs + (realNow() - startedAtMs) * scale + skew),
    realMs: (virtualMs) => virtualMs / scale,
    ofClient: () => new Date(Date.now() + skew),
    skewMs: () => skew,
    setSkew: (skewMs) => {
      skew = skewMs;
    },
  };
}
