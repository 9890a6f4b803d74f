import { ENUMERATIONS } from './enumerations.ts';
import { generatedKey } from './generated-values.ts';
import type { Row, RowTable, Values } from './row-table.ts';

/** A record in the control server: its company, its key, and the values that were set. */
export interface StoredRecord {
  readonly legalEntity: string;
  readonly key: string;
  readonly values: Readonly<Values>;
}

/** The records of one kind, with their number sequence. */
export interface Records {
  readonly table: RowTable;
  readonly list: () => StoredRecord[];
  /**
   * Creates the record or sets the values; its etag changes in either case. Throws a RangeError for an unknown property
   * or an invalid value.
   */
  readonly upsert: (company: string, key: string, patch: Values) => StoredRecord;
  /** Returns false when there is no such record. */
  readonly remove: (company: string, key: string) => boolean;
  /**
   * Renames the primary key of a record, which keeps its party and all values. Returns undefined when there is no such
   * record. Throws a RangeError when the new key is taken.
   */
  readonly rename: (company: string, key: string, newKey: string) => StoredRecord | undefined;
  /** Gives a record another party, or a new one. Returns undefined when there is no such record. */
  readonly changeParty: (company: string, key: string, change: PartyChange) => StoredRecord | undefined;
  /** Replaces a party in all rows, as a merge in the address book does. Returns the number of changed rows. */
  readonly mergeParty: (from: string, into: string) => number;
  /** Adds `count` records numbered from `from`, by default after the last one. Returns the first number. */
  readonly generate: (company: string, count: number, from?: number) => number;
  /** Adds a row, with a new party if the values contain none. */
  readonly insert: (company: string, key: string, values: Values) => Row;
  /** Returns the next free number of the company. */
  readonly nextNumber: (company: string) => string;
  /** The format of the numbers in the sequence. */
  readonly numberFormat: string;
}

/** Another party of a record: a new one unless `party` is given. `type` is `Organization` or `Person`. */
export interface PartyChange {
  readonly party?: string | undefined;
  readonly type?: string | undefined;
}

/** The options of records. */
export interface RecordsOptions {
  readonly kind: 'customer' | 'vendor' | 'contact';
  readonly table: RowTable;
  readonly partyProperty: string;
  readonly partyTypeProperty: string;
  /** All properties that contain party numbers. */
  readonly partyProperties: readonly string[];
  readonly nextRecordId: () => number;
  readonly nextParty: () => string;
  /** Called with a company before a row is added to it. */
  readonly addCompany: (company: string) => void;
  /** Returns further values of a generated record, by its number. */
  readonly valuesFor?: (company: string) => (ordinal: number) => Values;
}

/** Creates an empty set of records of one kind. */
export function createRecords(options: RecordsOptions): Records {
  const { kind, table } = options;
  let nextOrdinal = 1;
  const insert = (company: string, key: string, values: Values): Row => insertRow(options, { company, key }, values);
  return {
    table,
    list: () => table.rows().map((row) => recordOf(table, row)),
    upsert: (company, key, patch) => {
      requireValid(table, patch);
      const row = table.get(company, key);
      if (!row) return recordOf(table, insert(company, key, patch));
      table.write(row, patch);
      return recordOf(table, row);
    },
    remove: (company, key) => {
      const row = table.get(company, key);
      if (row) table.remove(row);
      return row !== undefined;
    },
    rename: (company, key, newKey) => {
      const row = table.get(company, key);
      if (!row) return undefined;
      const renamed = table.rename(row, newKey);
      if (!renamed) throw new RangeError(`${table.type.name} already has the key ${newKey}.`);
      return recordOf(table, renamed);
    },
    changeParty: (company, key, { party, type }) => {
      const row = table.get(company, key);
      if (!row) return undefined;
      const patch = {
        [options.partyProperty]: party ?? options.nextParty(),
        ...(type === undefined ? {} : { [options.partyTypeProperty]: type }),
      };
      requireValid(table, patch);
      table.write(row, patch);
      return recordOf(table, row);
    },
    mergeParty: (from, into) => mergeParty(options, from, into),
    generate: (company, count, from = nextOrdinal) => {
      generateRows(options, company.toLowerCase(), { from, to: from + count });
      nextOrdinal = Math.max(nextOrdinal, from + count);
      return from;
    },
    insert,
    nextNumber: (company) => {
      while (table.get(company, generatedKey(kind, nextOrdinal))) nextOrdinal += 1;
      return generatedKey(kind, nextOrdinal);
    },
    numberFormat: generatedKey(kind, 0).replaceAll(/\d/g, '#'),
  };
}

function requireValid({ type }: RowTable, patch: Values): void {
  for (const [name, value] of Object.entries(patch)) {
    const property = type.properties.get(name);
    if (!property) throw new RangeError(`${type.name} has no property ${name}.`);
    const isMember = property.enumeration === undefined || ENUMERATIONS[property.enumeration]?.includes(String(value));
    if (typeof value !== typeof property.initial || isMember !== true)
      throw new RangeError(`${JSON.stringify(value)} is not a valid value of ${type.name}.${name}.`);
  }
}

function mergeParty({ table, partyProperties }: RecordsOptions, from: string, into: string): number {
  let changed = 0;
  for (const row of table.rows()) {
    const names = partyProperties.filter((name) => table.read(row, name) === from);
    if (names.length === 0) continue;
    table.write(row, Object.fromEntries(names.map((name) => [name, into])));
    changed += 1;
  }
  return changed;
}

function insertRow(options: RecordsOptions, place: { company: string; key: string }, values: Values): Row {
  const { table, kind, partyProperty, partyTypeProperty, nextParty, nextRecordId } = options;
  const company = place.company.toLowerCase();
  options.addCompany(company);
  const party = {
    [partyProperty]: values[partyProperty] ?? nextParty(),
    [partyTypeProperty]: values[partyTypeProperty] ?? (kind === 'contact' ? 'Person' : 'Organization'),
  };
  return table.add({ company, key: place.key, recordId: nextRecordId(), values: { ...values, ...party } });
}

function generateRows(options: RecordsOptions, company: string, { from, to }: { from: number; to: number }): void {
  const { kind, table, addCompany, nextRecordId } = options;
  addCompany(company);
  const valuesOf = options.valuesFor?.(company) ?? (() => ({}));
  for (let ordinal = from; ordinal < to; ordinal += 1) {
    const key = generatedKey(kind, ordinal);
    if (table.get(company, key)) continue;
    table.add({ company, key, recordId: nextRecordId(), values: valuesOf(ordinal), ordinal });
  }
}

function recordOf(table: RowTable, row: Row): StoredRecord {
  const generated = row.ordinal === undefined ? {} : generatedNames(table, row);
  return { legalEntity: row.company, key: row.key, values: { ...generated, ...row.values } };
}

const IDENTIFYING = [
  'PartyNumber',
  'OrganizationName',
  'VendorPartyNumber',
  'VendorOrganizationName',
  'ContactPersonName',
];

/** Returns the values that identify a generated row. */
function generatedNames(table: RowTable, row: Row): Values {
  const known = IDENTIFYING.filter((name) => table.type.properties.has(name));
  return Object.fromEntries(known.map((name) => [name, table.read(row, name)]));
}
