import type { Random } from './random.ts';

/** How badly a system's deliveries are treated on their way. Shares are probabilities, times are simulated milliseconds. */
export interface Disturbance {
  readonly loseShare: number;
  readonly doubleShare: number;
  readonly delayMs: number;
  /** Each copy waits up to so much longer, so that later ones overtake it. */
  readonly shuffleMs: number;
}

/** When the copies of one delivery set out: none when it is lost, two when it is doubled. */
export function departures({ loseShare, doubleShare, delayMs, shuffleMs }: Disturbance, random: Random): number[] {
  if (loseShare > 0 && random() < loseShare) return [];
  const copies = doubleShare > 0 && random() < doubleShare ? 2 : 1;
  return Array.from({ length: copies }, () => delayMs + (shuffleMs > 0 ? random() * shuffleMs : 0));
}
