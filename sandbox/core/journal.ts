import type { Clock } from './clock.ts';

/** The three systems that the sandbox simulates. */
export type SystemName = 'zendesk' | 'dynamics' | 'entra';

/** The facts about a request that was handled. */
interface JournalRecord {
  readonly system: SystemName;
  readonly method: string;
  readonly path: string;
  /** The raw query string, without the question mark. */
  readonly query: string;
  /** The status that was sent; null when the connection was closed, by a fault or by the client. */
  readonly status: number | null;
  /** True if a write took effect. */
  readonly effect: boolean;
  /** The name of the route, such as `organizations.create_many`. */
  readonly operation: string;
  /** The kind of the fault that was applied. */
  readonly fault?: string;
  /** The parsed request body. */
  readonly body?: unknown;
}

/** One request in the journal, numbered from 1. */
interface JournalEntry extends JournalRecord {
  readonly n: number;
  readonly at: string;
}

/** The exact number of requests to one system, including those that are no longer in the list. */
interface SystemCounts {
  readonly total: number;
  readonly byOperation: Readonly<Record<string, number>>;
}

/** A filter of entries: those of one system, or those after the entry numbered `since`. */
interface JournalFilter {
  readonly system?: SystemName;
  readonly since?: number;
}

/** The journal of all requests to the sandbox, so that a test can count what a client really requested. */
export interface Journal {
  record(entry: JournalRecord): void;
  /** Returns at most the newest 200,000 entries, oldest first. */
  items(filter?: JournalFilter): JournalEntry[];
  counts(): Record<SystemName, SystemCounts>;
  clear(): void;
}

const KEPT_ENTRIES = 200_000;

interface Tally {
  total: number;
  byOperation: Record<string, number>;
}

/** Creates an empty journal. With `keepBodies: false` it keeps no request bodies. */
export function createJournal(clock: Clock, { keepBodies = true }: { readonly keepBodies?: boolean } = {}): Journal {
  let ring: JournalEntry[] = [];
  let last = 0;
  let tallies = emptyTallies();
  return {
    record: (entry) => {
      last += 1;
      const { body, ...rest } = entry;
      const kept = keepBodies && body !== undefined ? { body } : {};
      ring[(last - 1) % KEPT_ENTRIES] = { n: last, at: clock.now().toISOString(), ...rest, ...kept };
      const tally = tallies[entry.system];
      tally.total += 1;
      tally.byOperation[entry.operation] = (tally.byOperation[entry.operation] ?? 0) + 1;
    },
    items: ({ system, since = 0 } = {}) => {
      const oldestAt = ring.length < KEPT_ENTRIES ? 0 : last % KEPT_ENTRIES;
      const inOrder = [...ring.slice(oldestAt), ...ring.slice(0, oldestAt)];
      return inOrder.filter((entry) => entry.n > since && (system === undefined || entry.system === system));
    },
    counts: () => structuredClone(tallies),
    clear: () => {
      ring = [];
      last = 0;
      tallies = emptyTallies();
    },
  };
}

function emptyTallies(): Record<SystemName, Tally> {
  const empty = (): Tally => ({ total: 0, byOperation: {} });
  return { zendesk: empty(), dynamics: empty(), entra: empty() };
}
