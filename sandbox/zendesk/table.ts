/** Rows by id. */
export interface Table<Row extends { readonly id: number }> {
  readonly size: number;
  get(id: number): Row | undefined;
  /** Inserts the row or replaces the one with its id. */
  put(row: Row): void;
  remove(id: number): void;
  rows(): IterableIterator<Row>;
  /** Returns all rows by ascending id. The order is cached until a row is changed, added or removed. */
  sorted(): readonly Row[];
  /** Returns a counter that increases with every change, so that derived data can be recognised as stale. */
  version(): number;
  /** Calls the watcher for every change from now on. */
  watch(watcher: Watcher<Row>): void;
}

/**
 * A function that receives a row before and after a change. `before` is undefined for a new row, `after` for a removed
 * one.
 */
export type Watcher<Row> = (before: Row | undefined, after: Row | undefined) => void;

/** Creates an empty table. */
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

/** Ids by a key that is usually unique. */
export interface Index {
  add(key: string, id: number): void;
  remove(key: string, id: number): void;
  find(key: string): readonly number[];
}

/** Creates an empty index. A key with one id needs no array. */
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
