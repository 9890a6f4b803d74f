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
import { acceptEvent, type EventWorkflow, type IngressDeps, type EventResult } from '../ingress/accept-event.ts';

/**
 * The result of an event of F&O. A `test` event, which F&O sends to check an endpoint, is neither stored nor handled.
 * `unusable` is a sentence that says why the event can never be handled.
 */
export type ErpEventResult = EventResult | 'test' | 'malformed' | { readonly unusable: string };

/**
 * Accepts one event of F&O, once per ControlNumber. An event about a record that is not synced is stored and ignored.
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
  const bodyHash = createHash('sha256').update(canonicalJson(payload)).digest('hex');
  if (event === 'malformed') {
    await deps.services.store.events.refused(unknownEvent(connection.id, bodyHash), 'malformed');
    return event;
  }
  const unusable = defectOf(event);
  if (unusable !== undefined) {
    await deps.services.store.events.refused(unknownEvent(connection.id, bodyHash), 'unusable');
    return { unusable };
  }
  const dedupeKey = dedupeKeyOf(event, bodyHash);
  const incoming: IncomingEvent = {
    connectionId: connection.id,
    source: 'dynamics',
    dedupeKey,
    eventId: event.eventId,
    controlNumber: event.controlNumber,
    type: event.type,
    bodyHash,
  };
  return acceptEvent(deps, incoming, (rowId) => workflowOf(deps, connection.id, { event, dedupeKey, rowId }));
}

/**
 * Returns the key that detects repeated events: the ControlNumber, or a hash for data events, which have no
 * ControlNumber.
 */
function dedupeKeyOf({ form, controlNumber, eventId }: ErpEvent, bodyHash: string): string {
  if (form === 'data') return `data-${bodyHash.slice(0, 32)}`;
  return controlNumber ?? `event-${eventId ?? bodyHash.slice(0, 32)}`;
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
  { event, dedupeKey, rowId }: { event: ErpEvent; dedupeKey: string; rowId: string },
): Promise<EventWorkflow | null> {
  if (event.record === null) return null;
  const { legalEntity, kind, key: accountNumber } = event.record;
  const startDelay = await store.dueRecords.markDue(connectionId, {
    ...event.record,
    legalEntity: legalEntityKey(legalEntity),
  });
  const input: HandleBusinessEventInput = { connectionId, eventId: rowId, legalEntity, kind, accountNumber };
  return {
    type: WORKFLOW_TYPES.handleBusinessEvent,
    workflowId: erpEventId(connectionId, dedupeKey),
    input,
    summary: `F&O reports a change of ${kind} ${accountNumber} in ${legalEntity}`,
    startDelay,
  };
}
