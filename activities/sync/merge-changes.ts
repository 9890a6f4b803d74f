import type { Changes } from '../../store/sync/changes.ts';
import type { Gone, Seen } from '../../store/sync/seen.ts';

/** Merges the changes of several rows, so that they can be recorded together. */
export function mergeChanges(parts: readonly Changes[]): Changes {
  const refusedEmails = parts.flatMap(({ users }) => users?.refusedEmails ?? []);
  return {
    outcomes: parts.flatMap(({ outcomes = [] }) => outcomes),
    transitions: parts.flatMap(({ transitions = [] }) => transitions),
    organizations: {
      ...mergeTarget(parts.flatMap(({ organizations = [] }) => organizations)),
      losesTags: parts.some(({ organizations }) => organizations?.losesTags === true) || undefined,
    },
    users: {
      ...mergeTarget(parts.flatMap(({ users = [] }) => users)),
      unlinked: parts.flatMap(({ users }) => users?.unlinked ?? []),
      ...(refusedEmails.length > 0 && { refusedEmails }),
    },
  };
}

interface TargetPart<Item, Written> {
  readonly seen?: Seen<Item>;
  readonly gone?: Gone;
  readonly written?: readonly Written[];
}

/** Merges changes of one target. All answers of a step count as requested at the time of the first. */
function mergeTarget<Item, Written>(parts: readonly TargetPart<Item, Written>[]): TargetPart<Item, Written> {
  const seen = parts.flatMap((part) => part.seen ?? []);
  const gone = parts.flatMap((part) => part.gone ?? []);
  const [firstSeen] = seen;
  const [firstGone] = gone;
  return {
    written: parts.flatMap((part) => part.written ?? []),
    ...(firstSeen && { seen: { ...firstSeen, items: seen.flatMap(({ items }) => items) } }),
    ...(firstGone && { gone: { ...firstGone, ids: gone.flatMap(({ ids }) => ids) } }),
  };
}
