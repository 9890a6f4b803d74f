import type { Clock } from './clock.ts';

/** The three systems that the sandbox plays. */
export type SystemName = 'zendesk' | 'dynamics' | 'entra';

/** What is known of a request once it has been answered. */
interface JournalRecord {
  readonly system: SystemName;
  readonly method: string;
  readonly path: string;
  /** The raw query string, without the question mark. */
  readonly query: string;
  /** The status sent; null when the connection was cut, by a fault or by the client. */
  readonly status: number | null;
  /** Whether a write took effect. */
  readonly effect: boolean;
  /** The name of the route, e.g. `organizations.create_many`. */
  readonly operation: string;
  /** The kind of the fault that was applied. */
  readonly fault?: string;
  /** The parsed request body. */
  readonly body?: unknown;
}

/** One request as it is remembered, numbered from 1. */
interface JournalEntry extends JournalRecord {
  readonly n: number;
  readonly at: string;
}

/** The exact number of requests to one system, whatever has been dropped from the list. */
interface SystemCounts {
  readonly total: number;
  readonly byOperation: Readonly<Record<string, number>>;
}

/** Which entries to list: those of one system, those after the entry numbered `since`. */
interface JournalFilter {
  readonly system?: SystemName;
  readonly since?: number;
}

/** Every request the sandbox answered, so that a test can count what a client really did. */
export interface Journal {
  record(entry: JournalRecord): void;
  /** The newest 200,000 entries at most, oldest first. */
  items(filter?: JournalFilter): JournalEntry[];
  counts(): Record<SystemName, SystemCounts>;
  clear(): void;
}

const KEPT_ENTRIES = 200_000;

interface Tally {
  total: number;
  byOperation: Record<string, number>;
}

/** Makes an empty journal; with `keepBodies: false` request bodies are not kept in memory. */
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
