import { createHash } from 'node:crypto';
import { knownEntities } from '../../domain/entities.ts';
import { readErpEvent, type ErpEvent } from '../../domain/events/erp-event.ts';
import { canonicalJson } from '../../domain/events/json.ts';
import { legalEntityKey } from '../../domain/sync/record.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { IncomingEvent } from '../../store/events/events.ts';
import { WORKFLOW_TYPES, type HandleBusinessEventInput } from '../../workflows/contract.ts';
import { erpEventId } from '../../workflows/ids.ts';
import { takeEvent, type EventWorkflow, type IngressDeps, type Taken } from '../ingress/take-event.ts';

/** What became of an event of F&O: its test of an endpoint starts nothing and is not kept. */
export type ErpTaken = Taken | 'test' | 'malformed';

/** Takes one event of F&O, once by its ControlNumber; one that names no record of ours is kept and ignored. */
export async function takeErpEvent(deps: IngressDeps, connection: Connection, payload: unknown): Promise<ErpTaken> {
  const naming = { mappings: connection.settings.dynamics.events, entities: knownEntities(connection) };
  const event = readErpEvent(payload, naming);
  if (event === 'test') return event;
  const bodyHash = createHash('sha256').update(canonicalJson(payload)).digest('hex');
  if (event === 'malformed') {
    await deps.services.store.events.refused(malformed(connection.id, bodyHash), 'malformed');
    return event;
  }
  const name = nameOf(event, bodyHash);
  const incoming: IncomingEvent = {
    connectionId: connection.id,
    source: 'dynamics',
    dedupeKey: name,
    eventId: event.eventId,
    controlNumber: event.controlNumber,
    type: event.type,
    bodyHash,
  };
  return takeEvent(deps, incoming, (rowId) => workflowOf(deps, connection.id, { event, name, rowId }));
}

/** Returns the name by which an event is the same: its ControlNumber, or the content of a data event, which has none. */
function nameOf({ form, controlNumber, eventId }: ErpEvent, bodyHash: string): string {
  if (form === 'data') return `data-${bodyHash.slice(0, 32)}`;
  return controlNumber ?? `event-${eventId ?? bodyHash.slice(0, 32)}`;
}

function malformed(connectionId: string, bodyHash: string): IncomingEvent {
  const nothing = { eventId: null, controlNumber: null, type: 'unknown' };
  return { connectionId, source: 'dynamics', dedupeKey: bodyHash, bodyHash, ...nothing };
}

/** Records that the record is due before its workflow begins, so that a run which begins now reads it. */
async function workflowOf(
  { services: { store } }: IngressDeps,
  connectionId: string,
  { event, name, rowId }: { event: ErpEvent; name: string; rowId: string },
): Promise<EventWorkflow | null> {
  if (event.record === null) return null;
  const { legalEntity, kind, key: accountNumber } = event.record;
  const startDelay = await store.dueRecords.note(connectionId, {
    ...event.record,
    legalEntity: legalEntityKey(legalEntity),
  });
  const input: HandleBusinessEventInput = { connectionId, eventId: rowId, legalEntity, kind, accountNumber };
  return {
    type: WORKFLOW_TYPES.handleBusinessEvent,
    workflowId: erpEventId(connectionId, name),
    input,
    summary: `F&O says that ${kind} ${accountNumber} of ${legalEntity} has changed`,
    startDelay,
  };
}
