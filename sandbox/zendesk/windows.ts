import type { Clock } from '../core/clock.ts';

/** The state of a window. */
export interface WindowState {
  readonly allowed: boolean;
  readonly total: number;
  readonly remaining: number;
  /** Whole seconds until the window ends, at least 1. */
  readonly resetsInS: number;
}

/** Counters of requests per key in fixed windows of simulated time. A window starts with its first request. */
export interface Windows {
  /** Counts a request unless the window is used up. `reserved` requests are used from the start. */
  take(key: string, total: number, reserved?: number): WindowState;
}

/** Creates windows of `lengthS` seconds. */
export function createWindows(clock: Clock, lengthS: number): Windows {
  const open = new Map<string, { endsAtMs: number; used: number }>();
  let sweepAtMs = 0;
  const sweep = (nowMs: number): void => {
    if (nowMs < sweepAtMs) return;
    for (const [key, { endsAtMs }] of open) if (endsAtMs <= nowMs) open.delete(key);
    sweepAtMs = nowMs + lengthS * 1000;
  };
  return {
    take: (key, total, reserved = 0) => {
      const nowMs = clock.now().getTime();
      sweep(nowMs);
      const found = open.get(key);
      const window = found && found.endsAtMs > nowMs ? found : { endsAtMs: nowMs + lengthS * 1000, used: 0 };
      open.set(key, window);
      const allowed = window.used + reserved < total;
      if (allowed) window.used += 1;
      const remaining = Math.max(0, total - reserved - window.used);
      return { allowed, total, remaining, resetsInS: Math.max(1, Math.ceil((window.endsAtMs - nowMs) / 1000)) };
    },
  };
}
