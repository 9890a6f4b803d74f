/** Rows by id, with their ids in order when a list is paged. */
export interface Table<Row extends { readonly id: number }> {
  readonly size: number;
  get(id: number): Row | undefined;
  /** Inserts the row or replaces the one with its id. */
  put(row: Row): void;
  remove(id: number): void;
  rows(): IterableIterator<Row>;
  /** All rows by ascending id; kept until a row comes or goes. */
  sorted(): readonly Row[];
  /** Rises with every change, so that whoever keeps something derived knows when it is stale. */
  version(): number;
  /** Tells of every change from now on. */
  watch(watcher: Watcher<Row>): void;
}

/** Hears what a row was and what it is: nothing before when it is new, nothing after when it is gone. */
export type Watcher<Row> = (before: Row | undefined, after: Row | undefined) => void;

/** Makes an empty table. */
export function createTable<Row extends { readonly id: number }>(): Table<Row> {
  const byId = new Map<number, Row>();
  let sorted: readonly Row[] | undefined;
  let version = 0;
  const watchers: Watcher<Row>[] = [];
  const changed: Watcher<Row> = (before, after) => {
    sorted = undefined;
    version += 1;
    for (const watcher of watchers) watcher(before, after);
  };
  return {
    get size() {
      return byId.size;
    },
    get: (id) => byId.get(id),
    put: (row) => {
      const before = byId.get(row.id);
      byId.set(row.id, row);
      changed(before, row);
    },
    remove: (id) => {
      const before = byId.get(id);
      byId.delete(id);
      changed(before, undefined);
    },
    rows: () => byId.values(),
    sorted: () => (sorted ??= [...byId.values()].sort((a, b) => a.id - b.id)),
    version: () => version,
    watch: (watcher) => void watchers.push(watcher),
  };
}

/** Ids by a key that is usually, but not always, unique. */
export interface Index {
  add(key: string, id: number): void;
  remove(key: string, id: number): void;
  find(key: string): readonly number[];
}

/** Makes an empty index; a key with one id costs no array. */
export function createIndex(): Index {
  const ids = new Map<string, number | readonly number[]>();
  const find = (key: string): readonly number[] => {
    const found = ids.get(key);
    if (found === undefined) return [];
    return typeof found === 'number' ? [found] : found;
  };
  return {
    add: (key, id) => {
      const others = find(key);
      ids.set(key, others.length === 0 ? id : [...others, id]);
    },
    remove: (key, id) => {
      const others = find(key).filter((other) => other !== id);
      if (others.length === 0) ids.delete(key);
      else ids.set(key, others);
    },
    find,
  };
}
