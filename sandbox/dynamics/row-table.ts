import type { EntityType, Value } from './entity-type.ts';
import { ownKeyOf } from './entity-type.ts';
import { generatedValue } from './generated-values.ts';
import { collated, compareCollated } from './text-order.ts';

/** Values by property. */
export type Values = Record<string, Value>;

/** A stored row, changed in place. What neither was set nor is generated has its property's initial value. */
export interface Row {
  /** Lower case; empty for a type without companies. */
  readonly company: string;
  /** The own key as first written, e.g. the account number; several key properties joined. */
  readonly key: string;
  readonly recordId: number;
  /** Changes with every write. */
  version: number;
  /** Only what was set. */
  readonly values: Values;
  /** The number that a generated row's other values are made from, when they are asked for. */
  readonly ordinal?: number;
}

/** The rows of one entity type; keys are compared as SQL does. */
export interface RowTable {
  readonly type: EntityType;
  readonly size: number;
  get(company: string, key: string): Row | undefined;
  /** Adds a row; one with its key must not be there. */
  add(row: Omit<Row, 'version'>): Row;
  /** Sets values and moves the version. */
  write(row: Row, values: Values): void;
  remove(row: Row): void;
  /** In the order of creation. */
  rows(): readonly Row[];
  /** In the order of key properties; kept until a row comes or goes. */
  inKeyOrder(properties: readonly string[]): readonly Row[];
  /** The rows of any company whose key is one of these, which are collated. */
  withKeys(keys: ReadonlySet<string>): Row[];
  readonly read: (row: Row, property: string) => Value;
  /** Rises with every change. */
  changes(): number;
  /** Tells of every row that comes, changes or goes from now on. */
  watch(watcher: RowWatcher): void;
}

/** What became of a row: which values were set, and what they were before. */
export interface RowChange {
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly table: RowTable;
  readonly row: Row;
  readonly set: Values;
  readonly previous: Values;
}

/** Hears of changes. */
export type RowWatcher = (change: RowChange) => void;

/** Makes an empty table; `nextVersion` gives the versions of written rows. */
export function createRowTable(type: EntityType, nextVersion: () => number): RowTable {
  const byId = new Map<string, Row>();
  const companies = new Set<string>();
  const orders = new Map<string, readonly Row[]>();
  let changes = 0;
  const watchers: RowWatcher[] = [];
  const tell = (change: Omit<RowChange, 'table'>): void => {
    for (const watcher of watchers) watcher({ ...change, table });
  };
  const membersChanged = (): void => {
    changes += 1;
    orders.clear();
  };
  const kept = (name: string, make: () => readonly Row[]): readonly Row[] => {
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
      membersChanged();
      tell({ kind: 'created', row, set: row.values, previous: {} });
      return row;
    },
    write: (row, values) => {
      const previous = Object.fromEntries(Object.keys(values).map((name) => [name, read(row, name)]));
      Object.assign(row.values, values);
      row.version = nextVersion();
      changes += 1;
      tell({ kind: 'updated', row, set: values, previous });
    },
    remove: (row) => {
      byId.delete(idOf(row.company, row.key));
      membersChanged();
      tell({ kind: 'deleted', row, set: {}, previous: row.values });
    },
    rows: () => kept('', () => [...byId.values()]),
    inKeyOrder: (properties) => kept(properties.join(), () => sortRows([...byId.values()], properties, read)),
    withKeys: (keys) =>
      [...companies].flatMap((company) => [...keys].flatMap((key) => byId.get(idOf(company, key)) ?? [])),
    read,
    changes: () => changes,
    watch: (watcher) => void watchers.push(watcher),
  };
  return table;
}

/** Sorts rows by properties, ascending; texts as SQL orders them. */
function sortRows(rows: Row[], properties: readonly string[], read: RowTable['read']): Row[] {
  return rows.sort((a, b) => {
    for (const property of properties) {
      const order = compareValues(read(a, property), read(b, property));
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** Compares two values of one property, texts without regard to case and trailing blanks. */
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
