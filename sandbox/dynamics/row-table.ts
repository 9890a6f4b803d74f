import type { EntityType, Value } from './entity-type.ts';
import { ownKeyOf } from './entity-type.ts';
import { generatedValue } from './generated-values.ts';
import { collated, compareCollated } from './text-order.ts';

/** Values by property. */
export type Values = Record<string, Value>;

/** A stored row, which is changed in place. A property that is neither set nor generated has its initial value. */
export interface Row {
  /** Lower case; empty for a type without companies. */
  readonly company: string;
  /** The own key as it was first written, such as the account number. Several key properties are joined. */
  readonly key: string;
  readonly recordId: number;
  /** Changes with every write. */
  version: number;
  /** Only the values that were set. */
  readonly values: Values;
  /** The number from which the other values of a generated row are computed. */
  readonly ordinal?: number;
}

/** The rows of one entity type. Keys are compared as in SQL Server. */
export interface RowTable {
  readonly type: EntityType;
  readonly size: number;
  get(company: string, key: string): Row | undefined;
  /** Adds a row. There must be no row with its key. */
  add(row: Omit<Row, 'version'>): Row;
  /** Sets values and changes the version. */
  write(row: Row, values: Values): void;
  remove(row: Row): void;
  /**
   * Gives a row another own key, as a rename of the primary key does: the record id and all other values stay. Returns
   * undefined when another row has that key.
   */
  rename(row: Row, key: string): Row | undefined;
  /** Returns the rows in the order of their creation. */
  rows(): readonly Row[];
  /** Returns the rows in the order of key properties. The order is cached until a row is added or removed. */
  inKeyOrder(properties: readonly string[]): readonly Row[];
  /** Returns the rows of any company with one of these collated keys. */
  withKeys(keys: ReadonlySet<string>): Row[];
  readonly read: (row: Row, property: string) => Value;
  /** Returns a counter that increases with every change. */
  changes(): number;
  /** Calls the watcher for every row that is added, changed or removed from now on. */
  watch(watcher: RowWatcher): void;
}

/** The change of a row: the values that were set, and their previous values. */
export interface RowChange {
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly table: RowTable;
  readonly row: Row;
  readonly set: Values;
  readonly previous: Values;
}

/** A function that receives changes. */
export type RowWatcher = (change: RowChange) => void;

/** Creates an empty table. `nextVersion` returns the versions of written rows. */
export function createRowTable(type: EntityType, nextVersion: () => number): RowTable {
  const byId = new Map<string, Row>();
  const companies = new Set<string>();
  const orders = new Map<string, readonly Row[]>();
  let changes = 0;
  const watchers: RowWatcher[] = [];
  const notify = (change: Omit<RowChange, 'table'>): void => {
    for (const watcher of watchers) watcher({ ...change, table });
  };
  const rowsChanged = (): void => {
    changes += 1;
    orders.clear();
  };
  const cached = (name: string, make: () => readonly Row[]): readonly Row[] => {
    const order = orders.get(name) ?? make();
    orders.set(name, order);
    return order;
  };
  const read = (row: Row, property: string): Value => readValue(type, row, property);
  const table: RowTable = {
    type,
    get size() {
      return byId.size;
    },
    get: (company, key) => byId.get(idOf(company, key)),
    add: (draft) => {
      const row: Row = { ...draft, version: 1 };
      byId.set(idOf(row.company, row.key), row);
      companies.add(row.company);
      rowsChanged();
      notify({ kind: 'created', row, set: row.values, previous: {} });
      return row;
    },
    write: (row, values) => {
      const previous = Object.fromEntries(Object.keys(values).map((name) => [name, read(row, name)]));
      Object.assign(row.values, values);
      row.version = nextVersion();
      changes += 1;
      notify({ kind: 'updated', row, set: values, previous });
    },
    remove: (row) => {
      byId.delete(idOf(row.company, row.key));
      rowsChanged();
      notify({ kind: 'deleted', row, set: {}, previous: row.values });
    },
    rename: (row, key) => {
      const other = byId.get(idOf(row.company, key));
      if (other !== undefined && other !== row) return undefined;
      byId.delete(idOf(row.company, row.key));
      const renamed: Row = { ...row, key, version: nextVersion() };
      byId.set(idOf(renamed.company, key), renamed);
      rowsChanged();
      const name = ownKeyOf(type);
      notify({ kind: 'updated', row: renamed, set: { [name]: key }, previous: { [name]: row.key } });
      return renamed;
    },
    rows: () => cached('', () => [...byId.values()]),
    inKeyOrder: (properties) => cached(properties.join(), () => sortRows([...byId.values()], properties, read)),
    withKeys: (keys) =>
      [...companies].flatMap((company) => [...keys].flatMap((key) => byId.get(idOf(company, key)) ?? [])),
    read,
    changes: () => changes,
    watch: (watcher) => void watchers.push(watcher),
  };
  return table;
}

/** Sorts rows by properties in ascending order, with texts in the order of SQL Server. */
function sortRows(rows: Row[], properties: readonly string[], read: RowTable['read']): Row[] {
  return rows.sort((a, b) => {
    for (const property of properties) {
      const order = compareValues(read(a, property), read(b, property));
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** Compares two values of one property. Texts are compared without case and trailing blanks. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareCollated(collated(String(a)), collated(String(b)));
}

function readValue(type: EntityType, row: Row, property: string): Value {
  const set = row.values[property];
  if (set !== undefined) return set;
  if (property === 'dataAreaId') return row.company;
  if (property === ownKeyOf(type)) return row.key;
  const generated = row.ordinal === undefined ? undefined : generatedValue(type, property, row.ordinal);
  return generated ?? type.properties.get(property)?.initial ?? '';
}

function idOf(company: string, key: string): string {
  return `${company.toLowerCase()}\u0000${collated(key)}`;
}
