import { contentDigest } from '../../store/digests.ts';

/** The digest of all refusals from before migration 010, which stored attempts in another form. */
const OF_FORMER_VERSION = 'upgraded';

/** Returns whether an attempt is the same as the refused one, by its stored digest; null if none was refused. */
export function isSameAttempt(refusedAttempt: string | null, attempt: string): boolean {
  return refusedAttempt === OF_FORMER_VERSION || refusedAttempt === contentDigest(attempt);
}
