import type { EventMapping } from '../connection/connection.ts';
import type { EntitySpec } from '../entity-spec.ts';
import { legalEntityKey, type RecordKey } from '../sync/record.ts';
import { isJsonObject, member, idMember, type JsonObject } from './json.ts';

/**
 * An event of F&O and the record that it names; null when it names none. A business event has a ControlNumber, a data
 * event has none. `type` is the class of a business event, or the entity and message of a data event.
 */
export interface ErpEvent {
  readonly form: 'business' | 'data';
  readonly eventId: string | null;
  readonly controlNumber: string | null;
  readonly type: string;
  readonly record: RecordKey | null;
}

/** The result of reading an event: an event, F&O's test of a new endpoint, or a malformed payload. */
export type ReadErpEvent = ErpEvent | 'test' | 'malformed';

/**
 * The names of records in the events of a connection: its own mappings, by event id, and the default names of entities.
 */
export interface EventNaming {
  readonly mappings: Readonly<Record<string, EventMapping>>;
  readonly entities: readonly Pick<EntitySpec, 'kind' | 'events' | 'dependsOn'>[];
}

/** Reads a business event or a data event. Uses only the key of the record in it. */
export function readErpEvent(payload: unknown, naming: EventNaming): ReadErpEvent {
  if (!isJsonObject(payload)) return 'malformed';
  if (Object.keys(payload).length === 0) return 'test';
  if (member(payload, 'MessageName') !== undefined && member(payload, 'InputParameters') !== undefined)
    return readDataEvent(payload, naming);
  return readBusinessEvent(payload, naming);
}

/**
 * Reads a business event. When an endpoint is activated, F&O sends one with empty or missing fields (Business events
 * overview).
 */
function readBusinessEvent(payload: JsonObject, naming: EventNaming): ReadErpEvent {
  if (member(payload, 'BusinessEventId') === undefined) return 'malformed';
  const type = idMember(payload, 'BusinessEventId');
  const eventId = idMember(payload, 'EventId');
  const controlNumber = idMember(payload, 'ControlNumber');
  const hasNumber = /^[1-9]\d*$/.test(controlNumber);
  if (!hasNumber && eventId === '') return 'test';
  const mapping = Object.hasOwn(naming.mappings, type) ? naming.mappings[type] : undefined;
  return {
    form: 'business',
    eventId: eventId === '' ? null : eventId,
    controlNumber: hasNumber ? controlNumber : null,
    type: type === '' ? 'unnamed' : type,
    record: mapping === undefined ? defaultRecordOf(payload, naming) : mappedRecordOf(payload, mapping),
  };
}

function mappedRecordOf(payload: JsonObject, { record, legalEntity, key }: EventMapping): RecordKey | null {
  return recordKey(record, idMember(payload, legalEntity), idMember(payload, key));
}

/**
 * Finds the record by default names. An event also names the records on which its record depends, so it looks for those
 * last.
 */
function defaultRecordOf(payload: JsonObject, { entities }: EventNaming): RecordKey | null {
  const dependentFirst = [...entities].sort((one, other) => other.dependsOn.length - one.dependsOn.length);
  for (const { kind, events } of dependentFirst) {
    const key = firstText(payload, events.members);
    if (key !== '') return recordKey(kind, firstText(payload, COMPANY_MEMBERS), key);
  }
  return null;
}

/** Members with the company by default: first those of the event's contract, then that of the envelope. */
const COMPANY_MEMBERS = ['LegalEntity', 'LegalEntityId', 'DataAreaId', 'BusinessEventLegalEntity'];

function firstText(payload: JsonObject, names: readonly string[]): string {
  return names.map((name) => idMember(payload, name)).find((text) => text !== '') ?? '';
}

function recordKey(kind: string, legalEntity: string, key: string): RecordKey | null {
  return legalEntity === '' || key === '' ? null : { legalEntity: legalEntityKey(legalEntity), kind, key };
}

/**
 * Reads a data event, which is a Dataverse execution context. Its attributes are lists of keys and values, in any case.
 */
function readDataEvent(payload: JsonObject, { entities }: EventNaming): ErpEvent {
  const table = idMember(payload, 'PrimaryEntityName').toLowerCase();
  const message = idMember(payload, 'MessageName');
  const named = entities.find(({ events }) => events.table?.entity === table);
  const attributes = attributesOf(payload);
  const attribute = (name: string | undefined): string => (name === undefined ? '' : (attributes.get(name) ?? ''));
  const record =
    named === undefined
      ? null
      : recordKey(named.kind, attribute('mserp_dataareaid'), attribute(named.events.table?.key));
  const eventId = idMember(payload, 'CorrelationId');
  return {
    form: 'data',
    eventId: eventId === '' ? null : eventId,
    controlNumber: null,
    type: `${table} ${message}`,
    record,
  };
}

/** Returns the current attributes of the record, or those before its deletion. */
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
  return list.filter(isJsonObject).map((pair) => [idMember(pair, 'key'), member(pair, 'value')]);
}
