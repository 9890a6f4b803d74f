import type { RecordKey } from '../domain/sync/record.ts';

const MAX_ID_BYTES = 255;

/**
 * Encodes one part of a workflow id. Characters outside `[A-Za-z0-9._:-]` are percent-encoded, so that people can type
 * ids and no part contains a separator. Temporal's default configuration allows ids of 255 bytes.
 */
function part(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function join(...parts: readonly string[]): string {
  const id = parts.join('/');
  return id.length <= MAX_ID_BYTES ? id : id.slice(0, MAX_ID_BYTES);
}

/** Returns the id of a connection's master sync. With a `suffix`, it is not the same as that of another sync. */
export function masterSyncId(connectionId: string, suffix?: string): string {
  return suffix === undefined
    ? join('master-sync', part(connectionId))
    : join('master-sync', part(connectionId), part(suffix));
}

/** Returns the id of a preview, by the id of its run, which is also that of its plan. */
export function previewId(connectionId: string, runId: string): string {
  return join('preview', part(connectionId), part(runId));
}

/** Returns the id of one stage of one legal entity of a run. */
export function legalEntitySyncId(at: {
  connectionId: string;
  legalEntity: string;
  runId: string;
  stage: string;
}): string {
  return join('legal-entity-sync', part(at.connectionId), part(at.legalEntity), at.runId, at.stage);
}

/** Returns the id of the resync of one record. */
export function accountSyncId(connectionId: string, key: RecordKey): string {
  return join('account-sync', part(connectionId), part(key.legalEntity), key.kind, part(key.key));
}

/** Returns the id of the annotation of one account. */
export function annotationId(connectionId: string, key: RecordKey): string {
  return join('annotate', part(connectionId), part(key.legalEntity), key.kind, part(key.key));
}

/**
 * Returns the id of the workflow that handles a business event, by its ControlNumber or by another unique name.
 * `eventId` is given for an event whose ControlNumber another event has had.
 */
export function erpEventId(connectionId: string, controlNumber: string, eventId?: string): string {
  const first = join('erp-event', part(connectionId), part(controlNumber));
  return eventId === undefined ? first : join(first, part(eventId));
}

/** Returns the id of the workflow that handles a delivery of a Zendesk webhook. */
export function zendeskEventId(connectionId: string, eventId: string): string {
  return join('zendesk-event', part(connectionId), part(eventId));
}

/** Returns the id of a connection's support reconcile, and of its schedule. */
export function supportReconcileId(connectionId: string): string {
  return join('support-reconcile', part(connectionId));
}

/** Returns the id of one wiring of a connection. */
export function wireId(connectionId: string, suffix: string): string {
  return join('wire', part(connectionId), part(suffix));
}

/** Returns the id of one ping of a connection. */
export function pingId(connectionId: string, suffix: string): string {
  return join('ping', part(connectionId), part(suffix));
}

/** Returns the id of the delivery of a connection's alerts. */
export function alertId(connectionId: string): string {
  return join('alert', part(connectionId));
}

/** Returns the id of the workflow that tries the rejected credentials of a connection again. */
export function probeId(connectionId: string): string {
  return join('probe', part(connectionId));
}

/** The id of the schedule that deletes old rows. The ids of its workflows begin with it. */
export const HOUSEKEEPING_ID = 'housekeeping';

/** Returns the ids of a connection's schedules: the master sync and the support reconcile. */
export function scheduleIds(connectionId: string): readonly string[] {
  return [masterSyncId(connectionId), supportReconcileId(connectionId)];
}
