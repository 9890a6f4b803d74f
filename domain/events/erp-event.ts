import type { EventMapping } from '../connection/connection.ts';
import type { EntitySpec } from '../entity-spec.ts';
import { legalEntityKey, type RecordKey } from '../sync/record.ts';
import { isJsonObject, member, textMember, type JsonObject } from './json.ts';

/**
 * An event of F&O and the record that it names; null when it is about anything else. A business event has a ControlNumber; a
 * data event has none. `type` is the business event's class, or the entity and message of a data event.
 */
export interface ErpEvent {
  readonly form: 'business' | 'data';
  readonly eventId: string | null;
  readonly controlNumber: string | null;
  readonly type: string;
  readonly record: RecordKey | null;
}

/** The result of reading an event: an event, F&O's test of a new endpoint, or nothing that is known. */
export type ReadErpEvent = ErpEvent | 'test' | 'malformed';

/** How the events of a connection name records: the connection's own mappings, by event id, and the names that are usual. */
export interface EventNaming {
  readonly mappings: Readonly<Record<string, EventMapping>>;
  readonly entities: readonly Pick<EntitySpec, 'kind' | 'events' | 'dependsOn'>[];
}

/** Reads one event in whichever form it comes. Of its content only the key of a record is taken. */
export function readErpEvent(payload: unknown, naming: EventNaming): ReadErpEvent {
  if (!isJsonObject(payload)) return 'malformed';
  if (Object.keys(payload).length === 0) return 'test';
  if (member(payload, 'MessageName') !== undefined && member(payload, 'InputParameters') !== undefined)
    return readDataEvent(payload, naming);
  return readBusinessEvent(payload, naming);
}

/** When an endpoint is activated F&O sends an event whose fields are empty, or that has none (Business events overview). */
function readBusinessEvent(payload: JsonObject, naming: EventNaming): ReadErpEvent {
  if (member(payload, 'BusinessEventId') === undefined) return 'malformed';
  const type = textMember(payload, 'BusinessEventId');
  const eventId = textMember(payload, 'EventId');
  const controlNumber = textMember(payload, 'ControlNumber');
  const hasNumber = /^[1-9]\d*$/.test(controlNumber);
  if (!hasNumber && eventId === '') return 'test';
  const mapping = Object.hasOwn(naming.mappings, type) ? naming.mappings[type] : undefined;
  return {
    form: 'business',
    eventId: eventId === '' ? null : eventId,
    controlNumber: hasNumber ? controlNumber : null,
    type: type === '' ? 'unnamed' : type,
    record: mapping === undefined ? usualRecordOf(payload, naming) : mappedRecordOf(payload, mapping),
  };
}

function mappedRecordOf(payload: JsonObject, { record, legalEntity, key }: EventMapping): RecordKey | null {
  return recordKey(record, textMember(payload, legalEntity), textMember(payload, key));
}

/** An event about a record also names what that record depends on, so dependent entities are looked for first. */
function usualRecordOf(payload: JsonObject, { entities }: EventNaming): RecordKey | null {
  const dependentFirst = [...entities].sort((one, other) => other.dependsOn.length - one.dependsOn.length);
  for (const { kind, events } of dependentFirst) {
    const key = firstText(payload, events.members);
    if (key !== '') return recordKey(kind, firstText(payload, COMPANY_MEMBERS), key);
  }
  return null;
}

/** Members that usually hold the company: first those of the event's contract, then that of the envelope. */
const COMPANY_MEMBERS = ['LegalEntity', 'LegalEntityId', 'DataAreaId', 'BusinessEventLegalEntity'];

function firstText(payload: JsonObject, names: readonly string[]): string {
  return names.map((name) => textMember(payload, name)).find((text) => text !== '') ?? '';
}

function recordKey(kind: string, legalEntity: string, key: string): RecordKey | null {
  return legalEntity === '' || key === '' ? null : { legalEntity: legalEntityKey(legalEntity), kind, key };
}

/** A data event is a Dataverse execution context: attributes are lists of key and value, in any case. */
function readDataEvent(payload: JsonObject, { entities }: EventNaming): ErpEvent {
  const table = textMember(payload, 'PrimaryEntityName').toLowerCase();
  const message = textMember(payload, 'MessageName');
  const named = entities.find(({ events }) => events.table?.entity === table);
  const attributes = attributesOf(payload);
  const attribute = (name: string | undefined): string => (name === undefined ? '' : (attributes.get(name) ?? ''));
  const record =
    named === undefined
      ? null
      : recordKey(named.kind, attribute('mserp_dataareaid'), attribute(named.events.table?.key));
  const eventId = textMember(payload, 'CorrelationId');
  return {
    form: 'data',
    eventId: eventId === '' ? null : eventId,
    controlNumber: null,
    type: `${table} ${message}`,
    record,
  };
}

/** Returns the attributes of the record as it is now; of a deleted one, as it was. */
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
