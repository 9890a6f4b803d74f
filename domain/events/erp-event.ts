import type { EventMapping } from '../connection/connection.ts';
import { isJsonObject, member, textMember, type JsonObject } from './json.ts';
import { legalEntityKey, type RecordKey, type RecordKind } from '../sync/record.ts';

/**
 * What an event of F&O names: one account or contact; null when it is about anything else. A business event has a
 * ControlNumber; a data event has none. `type` is the business event's class, or the entity and message of a data event.
 */
export interface ErpEvent {
  readonly form: 'business' | 'data';
  readonly eventId: string | null;
  readonly controlNumber: string | null;
  readonly type: string;
  readonly record: RecordKey | null;
}

/** What reading an event comes to: an event, F&O's test of a new endpoint, or nothing that we know. */
export type ReadErpEvent = ErpEvent | 'test' | 'malformed';

/** Reads one event in whichever form it comes; of its content only the key of a record is taken. */
export function readErpEvent(payload: unknown, mappings: Readonly<Record<string, EventMapping>>): ReadErpEvent {
  if (!isJsonObject(payload)) return 'malformed';
  if (Object.keys(payload).length === 0) return 'test';
  if (member(payload, 'MessageName') !== undefined && member(payload, 'InputParameters') !== undefined)
    return readDataEvent(payload);
  return readBusinessEvent(payload, mappings);
}

/** When an endpoint is activated F&O sends an event whose fields are empty, or that has none (Business events overview). */
function readBusinessEvent(payload: JsonObject, mappings: Readonly<Record<string, EventMapping>>): ReadErpEvent {
  if (member(payload, 'BusinessEventId') === undefined) return 'malformed';
  const type = textMember(payload, 'BusinessEventId');
  const eventId = textMember(payload, 'EventId');
  const controlNumber = textMember(payload, 'ControlNumber');
  const hasNumber = /^[1-9]\d*$/.test(controlNumber);
  if (!hasNumber && eventId === '') return 'test';
  const record = recordOf(payload, Object.hasOwn(mappings, type) ? mappings[type] : undefined);
  return {
    form: 'business',
    eventId: eventId === '' ? null : eventId,
    controlNumber: hasNumber ? controlNumber : null,
    type: type === '' ? 'unnamed' : type,
    record,
  };
}

function recordOf(payload: JsonObject, mapping: EventMapping | undefined): RecordKey | null {
  if (mapping !== undefined) {
    const named = { legalEntity: textMember(payload, mapping.legalEntity), key: textMember(payload, mapping.key) };
    return keyOf(mapping.record, named.legalEntity, named.key);
  }
  for (const [kind, names] of KEY_MEMBERS) {
    const key = firstText(payload, names);
    if (key !== '') return keyOf(kind, firstText(payload, COMPANY_MEMBERS), key);
  }
  return null;
}

/** Members that usually hold a key, by the kind that they name; company first in the contract, then in the envelope. */
const KEY_MEMBERS: readonly (readonly [RecordKind, readonly string[]])[] = [
  ['contact', ['ContactPersonId', 'ContactPerson', 'ContactId']],
  ['customer', ['CustomerAccount', 'CustomerAccountNumber', 'CustAccount', 'CustomerId']],
  ['vendor', ['VendorAccountNumber', 'VendorAccount', 'VendAccount', 'VendorId']],
];
const COMPANY_MEMBERS = ['LegalEntity', 'LegalEntityId', 'DataAreaId', 'BusinessEventLegalEntity'];

function firstText(payload: JsonObject, names: readonly string[]): string {
  return names.map((name) => textMember(payload, name)).find((text) => text !== '') ?? '';
}

function keyOf(kind: RecordKind, legalEntity: string, key: string): RecordKey | null {
  return legalEntity === '' || key === '' ? null : { legalEntity: legalEntityKey(legalEntity), kind, key };
}

/** The entities whose data events name a record, by their Dataverse name, and the attribute that holds its key. */
const DATA_ENTITIES: ReadonlyMap<string, readonly [RecordKind, string]> = new Map([
  ['mserp_custcustomerv3entity', ['customer', 'mserp_customeraccount']],
  ['mserp_vendvendorv2entity', ['vendor', 'mserp_vendoraccountnumber']],
  ['mserp_smmcontactpersonv2entity', ['contact', 'mserp_contactpersonid']],
]);

/** A data event is a Dataverse execution context: attributes are lists of key and value, in whatever case. */
function readDataEvent(payload: JsonObject): ErpEvent {
  const entity = textMember(payload, 'PrimaryEntityName').toLowerCase();
  const message = textMember(payload, 'MessageName');
  const [kind, keyName] = DATA_ENTITIES.get(entity) ?? [];
  const attributes = attributesOf(payload);
  const record =
    kind === undefined || keyName === undefined
      ? null
      : keyOf(kind, attributes.get('mserp_dataareaid') ?? '', attributes.get(keyName) ?? '');
  const eventId = textMember(payload, 'CorrelationId');
  return {
    form: 'data',
    eventId: eventId === '' ? null : eventId,
    controlNumber: null,
    type: `${entity} ${message}`,
    record,
  };
}

/** The attributes of the record as it is now, and where it is gone, as it was. */
function attributesOf(payload: JsonObject): Map<string, string> {
  const found = new Map<string, string>();
  const given = [...pairsOf(member(payload, 'PreEntityImages')), ...pairsOf(member(payload, 'InputParameters'))];
  const isTarget = ([name]: [string, unknown]): boolean => name.toLowerCase() === 'target';
  for (const [, image] of [...given.filter((pair) => !isTarget(pair)), ...given.filter(isTarget)]) {
    if (!isJsonObject(image)) continue;
    for (const [name, value] of pairsOf(member(image, 'Attributes'))) {
      if (typeof value === 'string' || typeof value === 'number') found.set(name.toLowerCase(), String(value).trim());
    }
  }
  return found;
}

function pairsOf(list: unknown): [string, unknown][] {
  if (!Array.isArray(list)) return [];
  return list.filter(isJsonObject).map((pair) => [textMember(pair, 'key'), member(pair, 'value')]);
}
