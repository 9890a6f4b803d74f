import type { Clock } from '../core/clock.ts';
import type { CustomFields } from './custom-fields.ts';
import type { FieldValues, ValueRules } from './custom-field-values.ts';
import { applyChanges } from './custom-field-values.ts';
import type { OrganizationChanges } from './organization-input.ts';
import type { Violation } from './refusal.ts';
import { duplicateValue, recordNotFound, refuseIfInvalid } from './refusal.ts';
import type { ZendeskSettings } from './settings.ts';
import { keptChanges } from './kept-changes.ts';
import type { Index, Table } from './table.ts';
import { createIndex, createTable } from './table.ts';
import { nowS } from './wire-time.ts';

/** An organization of the account. Times are unix seconds. */
export interface Organization {
  readonly id: number;
  readonly name: string;
  readonly externalId: string | null;
  readonly domainNames: readonly string[];
  readonly details: string | null;
  readonly notes: string | null;
  readonly groupId: number | null;
  readonly sharedTickets: boolean;
  readonly sharedComments: boolean;
  readonly tags: readonly string[];
  readonly values: FieldValues;
  readonly createdAtS: number;
  readonly updatedAtS: number;
}

/** A deleted organization, which the incremental export still contains. */
export interface DeletedOrganization extends Organization {
  readonly deletedAtS: number;
}

/** The organizations of the account. Writes throw a 404 or 422, as in Zendesk. */
export interface Organizations {
  readonly table: Table<Organization>;
  readonly deleted: Table<DeletedOrganization>;
  /** Returns an organization. Throws a 404. */
  require(id: number): Organization;
  /** Returns the organizations with this name, ignoring case and surrounding blanks. There may be duplicates. */
  byName(name: string): Organization[];
  byExternalId(externalId: string): Organization | undefined;
  byDomain(domain: string): Organization | undefined;
  create(changes: OrganizationChanges): Organization;
  /** Returns a new row that is neither validated nor stored. */
  draft(changes: OrganizationChanges): Organization;
  update(id: number, changes: OrganizationChanges): Organization;
  /** Stores a row without validation. Duplicates and times in the past are possible. */
  put(row: Organization): void;
  remove(id: number): Organization;
}

/** The dependencies of the organizations. */
export interface OrganizationsOptions {
  readonly clock: Clock;
  readonly nextId: () => number;
  readonly fields: CustomFields;
  readonly settings: ZendeskSettings;
}

interface Store extends OrganizationsOptions {
  readonly table: Table<Organization>;
  readonly deleted: Table<DeletedOrganization>;
  readonly names: Index;
  readonly externalIds: Index;
  readonly domains: Index;
}

/** Creates an account without organizations. */
export function createOrganizations(options: OrganizationsOptions): Organizations {
  const indexes = { names: createIndex(), externalIds: createIndex(), domains: createIndex() };
  const store: Store = { ...options, ...indexes, table: createTable(), deleted: createTable() };
  const { table, names, externalIds, domains } = store;
  const require = (id: number): Organization => {
    const found = table.get(id);
    if (!found) throw recordNotFound();
    return found;
  };
  const rowsOf = (ids: readonly number[]): Organization[] => ids.map(require);
  return {
    table,
    deleted: store.deleted,
    require,
    byName: (name) => rowsOf(names.find(keyOf(name))),
    byExternalId: (externalId) => rowsOf(externalIds.find(keyOf(externalId)))[0],
    byDomain: (domain) => rowsOf(domains.find(domain.toLowerCase()))[0],
    create: (changes) => write(store, blank(options), changes),
    draft: (changes) => applyChanges(rulesOf(store), blank(options), changes).row,
    update: (id, changes) => write(store, require(id), changes),
    put: (row) => put(store, row),
    remove: (id) => remove(store, require(id)),
  };
}

/** Returns the form in which names and external ids are compared (Zendesk docs: case-insensitive, trimmed). */
function keyOf(text: string): string {
  return text.trim().toLowerCase();
}

function blank({ clock, nextId }: OrganizationsOptions): Organization {
  const times = { createdAtS: nowS(clock), updatedAtS: nowS(clock) };
  const texts = { name: '', externalId: null, details: null, notes: null, groupId: null };
  return {
    id: nextId(),
    ...texts,
    domainNames: [],
    sharedTickets: false,
    sharedComments: false,
    tags: [],
    values: {},
    ...times,
  };
}

function rulesOf({ fields, settings }: Store): ValueRules {
  return { fields, invalidDropdown: settings.invalidDropdown };
}

/** A write without a change does not change `updated_at`. */
function write(store: Store, before: Organization, changes: OrganizationChanges): Organization {
  const { row, violations } = applyChanges(rulesOf(store), before, keptChanges(changes, store.settings));
  refuseIfInvalid([...violationsOf(store, row), ...violations]);
  if (store.table.get(row.id) && JSON.stringify(row) === JSON.stringify(before)) return before;
  const after = { ...row, updatedAtS: nowS(store.clock) };
  put(store, after);
  return after;
}

const LONGEST_TEXT = 255;

function violationsOf(store: Store, row: Organization): Violation[] {
  const { id, name, externalId } = row;
  const isOther = (other: number): boolean => other !== id;
  const found: Violation[] = [];
  if (name === '') found.push({ field: 'name', description: 'Name cannot be blank', error: 'BlankValue' });
  if (name.length > LONGEST_TEXT) found.push(tooLong('name', 'Name'));
  if (store.table.get(id)?.name !== name && store.names.find(keyOf(name)).some(isOther)) {
    found.push(duplicateValue('name', 'Name', `${name} has already been taken`));
  }
  if (externalId === null) return found;
  if (externalId.length > LONGEST_TEXT) found.push(tooLong('external_id', 'External'));
  if (store.externalIds.find(keyOf(externalId)).some(isOther)) {
    found.push({ field: 'external_id', description: 'External has already been taken', error: 'DuplicateValue' });
  }
  return found;
}

function tooLong(field: string, label: string): Violation {
  return { field, description: `${label}: is too long (maximum is ${LONGEST_TEXT} characters)`, error: 'ValueTooLong' };
}

function put(store: Store, row: Organization): void {
  const before = store.table.get(row.id);
  if (before) unindex(store, before);
  store.table.put(row);
  store.names.add(keyOf(row.name), row.id);
  if (row.externalId !== null) store.externalIds.add(keyOf(row.externalId), row.id);
  for (const domain of row.domainNames) store.domains.add(domain, row.id);
}

function remove(store: Store, row: Organization): Organization {
  const deletedAtS = nowS(store.clock);
  unindex(store, row);
  store.table.remove(row.id);
  store.deleted.put({ ...row, updatedAtS: deletedAtS, deletedAtS });
  return row;
}

function unindex({ names, externalIds, domains }: Store, row: Organization): void {
  names.remove(keyOf(row.name), row.id);
  if (row.externalId !== null) externalIds.remove(keyOf(row.externalId), row.id);
  for (const domain of row.domainNames) domains.remove(domain, row.id);
}
