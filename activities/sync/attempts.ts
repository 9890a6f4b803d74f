import { contentDigest } from '../../store/digests.ts';

/** Stands for refusals from before attempts were written down in their present form (migration 010). */
const OF_FORMER_VERSION = 'upgraded';

/** Decides by the digest that the store keeps of a refused attempt whether this attempt is the same; null: none was refused. */
export function isSameAttempt(refusedAttempt: string | null, attempt: string): boolean {
  return refusedAttempt === OF_FORMER_VERSION || refusedAttempt === contentDigest(attempt);
}
