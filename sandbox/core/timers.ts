import type { Clock } from './clock.ts';

/** Timers in simulated time. */
export interface Timers {
  after(virtualMs: number, run: () => void): void;
  /** Cancels everything that is not yet due. */
  clear(): void;
}

/** Creates timers that run on the simulated clock. */
export function createTimers(clock: Clock): Timers {
  const pending = new Set<NodeJS.Timeout>();
  return {
    after: (virtualMs, run) => {
      const timer = setTimeout(() => {
        pending.delete(timer);
        run();
      }, clock.realMs(virtualMs));
      pending.add(timer);
    },
    clear: () => {
      for (const timer of pending) clearTimeout(timer);
      pending.clear();
    },
  };
}
