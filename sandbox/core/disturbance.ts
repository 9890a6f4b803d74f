import type { Random } from './random.ts';

/** The disturbance of a system's deliveries. Shares are probabilities, times are simulated milliseconds. */
export interface Disturbance {
  readonly loseShare: number;
  readonly doubleShare: number;
  readonly delayMs: number;
  /** The longest random extra delay of a copy. It makes later deliveries overtake earlier ones. */
  readonly shuffleMs: number;
}

/** Returns the delays of the copies of one delivery: none when it is lost, two when it is doubled. */
export function deliveryDelays({ loseShare, doubleShare, delayMs, shuffleMs }: Disturbance, random: Random): number[] {
  if (loseShare > 0 && random() < loseShare) return [];
  const copies = doubleShare > 0 && random() < doubleShare ? 2 : 1;
  return Array.from({ length: copies }, () => delayMs + (shuffleMs > 0 ? random() * shuffleMs : 0));
}
