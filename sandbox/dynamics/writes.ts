import { labelOf, ownKeyOf } from './entity-type.ts';
import type { RowKey } from './key-predicate.ts';
import { visibleTo } from './listing.ts';
import { fieldsRefused, nothingToUpdate, nullReference, refusal, writeRefused } from './refusal.ts';
import { etagOf } from './row-wire.ts';
import type { Row, RowTable, Values } from './row-table.ts';
import type { DynamicsSettings } from './settings.ts';
import type { Records } from './records.ts';
import { requireEditable, valuesOf } from './write-values.ts';

/** A write to a row by its key in the URL. */
export interface KeyedWrite {
  readonly key: RowKey;
  readonly crossCompany: boolean;
  readonly ifMatch: string | undefined;
}

/** The dependencies of writes. */
export interface WriteContext {
  readonly records: Records;
  /** The ids of the companies in lower case. */
  readonly companies: readonly string[];
  readonly settings: DynamicsSettings;
}

/** Sets values. Throws a 400 for a row out of scope, a 412 for an outdated etag, and a 400 for refused values. */
export function patchRow({ records, settings }: WriteContext, write: KeyedWrite, body: unknown): void {
  const { table } = records;
  const values = valuesOf(body, table.type, settings);
  const row = rowToWrite(table, write, settings);
  requireEditable(table, { row, values }, settings);
  refuseUnwritable(row, settings);
  refuseByConflict(table, settings);
  refuseByBusinessLogic(table, values, settings);
  table.write(row, withEditTime(table, values));
}

/** Deletes a row. Throws as `patchRow` does. */
export function deleteRow({ records: { table }, settings }: WriteContext, write: KeyedWrite): void {
  table.remove(rowToWrite(table, write, settings));
}

/** Creates a row, with a number of the sequence unless keys are chosen manually. Throws a 400 for refused values. */
export function createRow({ records, companies, settings }: WriteContext, body: unknown): Row {
  const { table } = records;
  const { type } = table;
  const { dataAreaId, ...values } = valuesOf(body, type, settings);
  const company = String(dataAreaId ?? settings.defaultCompany).toLowerCase();
  if (!companies.includes(company)) throw writeRefused(type, [`Company '${company}' does not exist`]);
  const keyName = ownKeyOf(type);
  const sent = values[keyName];
  if (sent !== undefined && sent !== '' && !settings.manualNumberSequence) {
    const warnings = [
      `Field '${labelOf(keyName)}' does not allow editing`,
      `Number ${String(sent)} does not match format ${records.numberFormat}`,
    ];
    throw fieldsRefused(type, [keyName], warnings);
  }
  refuseByBusinessLogic(table, values, settings);
  const key = sent === undefined || sent === '' ? records.nextNumber(company) : String(sent);
  if (table.get(company, key)) throw writeRefused(type, ['The record already exists'], settings.writeRefusedStatus);
  const others = Object.fromEntries(Object.entries(values).filter(([name]) => name !== keyName));
  return records.insert(company, key, withEditTime(table, others));
}

function rowToWrite(table: RowTable, { key, crossCompany, ifMatch }: KeyedWrite, settings: DynamicsSettings): Row {
  const row = table.get(key.company, key.key);
  if (!row || !visibleTo(table, crossCompany, settings)(row)) throw nothingToUpdate();
  if (ifMatch === undefined || ifMatch === '*' || ifMatch === etagOf(table, row)) return row;
  const text = 'The record has been changed by another user or process: the etag in If-Match is not the current one.';
  throw refusal(settings.outdatedEtagStatus, { type: 'System.InvalidOperationException', text });
}

/** Simulates a record that no client can write (public reports of both answers, with the right etag). */
function refuseUnwritable({ company, key }: Row, { unwritableRecords, outdatedEtagStatus }: DynamicsSettings): void {
  const status = unwritableRecords[`${company}/${key}`];
  if (status === 500) throw nullReference();
  if (status === undefined) return;
  const text = 'The record has been changed by another user or process.';
  throw refusal(outdatedEtagStatus, { type: 'System.InvalidOperationException', text });
}

/** Simulates another process that changes the record: the number of writes in the settings fails. */
function refuseByConflict({ type }: RowTable, settings: DynamicsSettings): void {
  if (settings.updateConflicts <= 0) return;
  settings.updateConflicts -= 1;
  const text = `Cannot edit a record in ${type.view}. An update conflict occurred due to another user process deleting the record or changing one or more fields in the record`;
  throw writeRefused(type, [text], settings.writeRefusedStatus);
}

const GROUPS = ['10', '20', '30', '40', '80', '90'];

/** The group must exist. The message comes from a live response. */
function refuseByBusinessLogic({ type }: RowTable, values: Values, settings: DynamicsSettings): void {
  for (const name of ['CustomerGroupId', 'VendorGroupId']) {
    const group = values[name];
    if (group === undefined || group === '' || GROUPS.includes(String(group))) continue;
    const label = labelOf(name.replace(/Id$/, ''));
    const warnings = [
      `The value '${String(group)}' in field '${label}' is not found in the related table '${label}s'`,
      `validateField failed on field '${type.view}.${name}'`,
    ];
    throw writeRefused(type, warnings, settings.writeRefusedStatus);
  }
}

function withEditTime({ type }: RowTable, values: Values): Values {
  if (!type.properties.has('LastEditDateTime')) return values;
  return { ...values, LastEditDateTime: new Date().toISOString().replace(/\.\d+/, '') };
}
