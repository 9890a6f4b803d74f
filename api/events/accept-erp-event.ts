import { createHash, randomUUID } from 'node:crypto';
import { knownEntities } from '../../domain/entities.ts';
import { readErpEvent, type ErpEvent } from '../../domain/events/erp-event.ts';
import { canonicalJson } from '../../domain/events/json.ts';
import { eventDefect, payloadDefect } from '../../domain/events/limits.ts';
import { legalEntityKey } from '../../domain/sync/record.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { IncomingEvent } from '../../store/events/events.ts';
import { WORKFLOW_TYPES, type HandleBusinessEventInput } from '../../workflows/contract.ts';
import { erpEventId } from '../../workflows/ids.ts';
import {
  acceptEvent,
  type EventResult,
  type EventWorkflow,
  type IngressDeps,
  type NewEvent,
} from '../ingress/accept-event.ts';

/**
 * The result of an event of F&O. A `test` event, which F&O sends to check an endpoint, is neither stored nor handled.
 * `unusable` is a sentence that says why the event can never be handled.
 */
export type ErpEventResult = EventResult | 'test' | 'malformed' | { readonly unusable: string };

/**
 * Accepts one event of F&O, once per ControlNumber and event id. An event about a record that is not synced is stored
 * and ignored.
 */
export async function acceptErpEvent(
  deps: IngressDeps,
  connection: Connection,
  payload: unknown,
): Promise<ErpEventResult> {
  const tooDeep = payloadDefect(payload);
  if (tooDeep !== undefined) {
    // No function that walks the whole payload is safe for any depth.
    await deps.services.store.events.refused(unknownEvent(connection.id, randomUUID()), 'unusable');
    return { unusable: tooDeep };
  }
  const naming = { mappings: connection.settings.dynamics.events, entities: knownEntities(connection) };
  const event = readErpEvent(payload, naming);
  if (event === 'test') return event;
  const bodyHash = hashOf(canonicalJson(payload));
  if (event === 'malformed') {
    await deps.services.store.events.refused(unknownEvent(connection.id, bodyHash), 'malformed');
    return event;
  }
  const unusable = defectOf(event);
  if (unusable !== undefined) {
    await deps.services.store.events.refused(unknownEvent(connection.id, bodyHash), 'unusable');
    return { unusable };
  }
  const key = keyOfEvent(event, bodyHash);
  const incoming: IncomingEvent = {
    connectionId: connection.id,
    source: 'dynamics',
    dedupeKey: key.first,
    reusedKey: key.again && `${key.first}/${key.again}`,
    eventId: event.eventId,
    controlNumber: event.controlNumber,
    type: event.type,
    bodyHash,
  };
  return acceptEvent(deps, incoming, (received) => workflowOf(deps, connection.id, { event, key, received }));
}

/** The key of an event: usually `first`; if another event has this ControlNumber, `first` and `again`. */
interface EventKey {
  readonly first: string;
  readonly again?: string;
}

/**
 * Returns the key that detects repeated events: the ControlNumber, or a hash for data events, which have no
 * ControlNumber. In a workflow id, a ControlNumber and an event id of this length are never cut.
 */
function keyOfEvent({ form, controlNumber, eventId }: ErpEvent, bodyHash: string): EventKey {
  const ofBody = bodyHash.slice(0, 32);
  if (form === 'data') return { first: `data-${ofBody}` };
  if (controlNumber === null) return { first: `event-${eventId ?? ofBody}` };
  const isShort = eventId !== null && /^[\w.:-]{1,64}$/.test(eventId);
  return { first: controlNumber, again: isShort ? eventId : `event-${hashOf(eventId ?? bodyHash).slice(0, 32)}` };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Returns why an event can never be handled. */
function defectOf({ eventId, controlNumber, type, record }: ErpEvent): string | undefined {
  return eventDefect({ ids: [eventId, controlNumber], type, company: record?.legalEntity, key: record?.key });
}

function unknownEvent(connectionId: string, bodyHash: string): IncomingEvent {
  const unknown = { eventId: null, controlNumber: null, type: 'unknown' };
  return { connectionId, source: 'dynamics', dedupeKey: bodyHash, bodyHash, ...unknown };
}

/** Marks the record as due before its workflow starts, so that a run that starts now reads it. */
async function workflowOf(
  { services: { store } }: IngressDeps,
  connectionId: string,
  { event, key, received }: { event: ErpEvent; key: EventKey; received: NewEvent },
): Promise<EventWorkflow | null> {
  if (event.record === null) return null;
  const { legalEntity, kind, key: accountNumber } = event.record;
  const startDelay = await store.dueRecords.markDue(connectionId, {
    ...event.record,
    legalEntity: legalEntityKey(legalEntity),
  });
  const input: HandleBusinessEventInput = { connectionId, eventId: received.id, legalEntity, kind, accountNumber };
  return {
    type: WORKFLOW_TYPES.handleBusinessEvent,
    workflowId: erpEventId(connectionId, key.first, received.isReused ? key.again : undefined),
    input,
    summary: `F&O reports a change of ${kind} ${accountNumber} in ${legalEntity}`,
    startDelay,
  };
}
