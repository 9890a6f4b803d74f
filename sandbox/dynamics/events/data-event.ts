import { randomUUID } from 'node:crypto';
import type { Property, Value } from '../entity-type.ts';
import { ownKeyOf } from '../entity-type.ts';
import { ENUMERATIONS } from '../enumerations.ts';
import type { RowChange, Values } from '../row-table.ts';
import type { DynamicsSettings } from '../settings.ts';

const CONTRACTS = 'http://schemas.microsoft.com/xrm/2011/Contracts';
const MESSAGES = { created: 'OnExternalCreated', updated: 'OnExternalUpdated', deleted: 'OnExternalDeleted' };
const ORGANIZATION_ID = 'b5d4e1a2-0c3f-4d5e-8f60-71829a3b4c5d';
const USER_ID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';

/** The change that a data event describes. */
export interface DataEventDraft {
  readonly change: RowChange;
  readonly at: Date;
  readonly initiator: string;
}

/** Returns the name of the virtual table of an entity, such as `mserp_custcustomerv3entity`. */
export function virtualTableOf({ type }: RowChange['table']): string {
  return `mserp_${type.view.toLowerCase()}`;
}

/** Returns the message name of a change, such as `OnExternalUpdated`. */
export function messageNameOf({ kind }: RowChange): string {
  return MESSAGES[kind];
}

/** Returns a data event: Dataverse's execution context, with the spelling of keys that the settings choose. */
export function dataPayload(draft: DataEventDraft, settings: DynamicsSettings): object {
  const { change, at, initiator } = draft;
  const name = virtualTableOf(change.table);
  const id = guidOf(change.row.recordId);
  const millis = Math.floor(at.getTime() / 1000) * 1000;
  const context = {
    BusinessUnitId: randomUUID(),
    CorrelationId: randomUUID(),
    Depth: 1,
    InitiatingUserAzureActiveDirectoryObjectId: initiator,
    InitiatingUserId: USER_ID,
    InputParameters: parametersOf(change, { name, id }, settings),
    IsExecutingOffline: false,
    IsInTransaction: false,
    MessageName: messageNameOf(change),
    Mode: 1,
    OperationCreatedOn: `/Date(${millis}+0000)/`,
    OperationId: randomUUID(),
    OrganizationId: ORGANIZATION_ID,
    OrganizationName: 'org1a2b3c4d',
    OutputParameters: [],
    ParentContext: null,
    PostEntityImages: [],
    PreEntityImages: [],
    PrimaryEntityId: id,
    PrimaryEntityName: name,
    SharedVariables: [],
    Stage: 30,
    UserId: USER_ID,
  };
  return settings.dataEventKeys === 'camel' ? (camelKeys(context) as object) : context;
}

interface Named {
  readonly name: string;
  readonly id: string;
}

function parametersOf(change: RowChange, { name, id }: Named, settings: DynamicsSettings): object[] {
  const entity = (values: Values): object => ({
    __type: `Entity:${CONTRACTS}`,
    Attributes: attributesOf(change, values),
    EntityState: null,
    FormattedValues: [],
    Id: id,
    KeyAttributes: [],
    LogicalName: name,
    RelatedEntities: [],
    RowVersion: null,
  });
  const image = { key: 'PreImage', value: entity(change.previous) };
  if (change.kind !== 'deleted') {
    const target = { key: 'Target', value: entity(change.set) };
    return change.kind === 'created' ? [target] : [target, image];
  }
  const reference = { __type: `EntityReference:${CONTRACTS}`, Id: id, KeyAttributes: [], LogicalName: name };
  return [{ key: 'Target', value: reference }, ...(settings.dataEventDeletePreImage ? [image] : [])];
}

/** Company and key are always included. An empty date is omitted (Microsoft docs). */
function attributesOf({ table, row }: RowChange, values: Values): object[] {
  const { type } = table;
  const all = { ...values, dataAreaId: row.company, [ownKeyOf(type)]: row.key };
  return Object.entries(all).flatMap(([name, value]) => {
    const property = type.properties.get(name);
    if (!property || String(value).startsWith('1900-01-01')) return [];
    return [{ key: `mserp_${name.toLowerCase()}`, value: wrapped(property, value) }];
  });
}

/** Enumerations are sent as option sets, counted from 200000000. */
function wrapped({ enumeration }: Property, value: Value): unknown {
  if (enumeration === undefined) return value;
  const ordinal = (ENUMERATIONS[enumeration] ?? []).indexOf(String(value));
  return { __type: `OptionSetValue:${CONTRACTS}`, Value: 200_000_000 + Math.max(0, ordinal) };
}

/** Returns the id of the row in the virtual table: a GUID that contains the record id, not the account number. */
function guidOf(recordId: number): string {
  const hex = recordId.toString(16).padStart(16, '0');
  return `00000b3a-0000-0000-${hex.slice(0, 4)}-${hex.slice(4)}`;
}

function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.charAt(0).toLowerCase() + name.slice(1), camelKeys(inner)]),
  );
}
