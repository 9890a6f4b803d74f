import type { RecordKey } from '../domain/sync/record.ts';

const MAX_ID_BYTES = 255;

/**
 * Writes one part of a workflow id: characters outside `[A-Za-z0-9._:-]` are percent-encoded, so that ids can be typed and
 * contain no separators of ours. Temporal's default configuration allows 255 bytes for a whole id.
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

/** Returns the id of a connection's master sync when a person starts it; a `suffix` makes one that does not join another. */
export function masterSyncId(connectionId: string, suffix?: string): string {
  return suffix === undefined
    ? join('master-sync', part(connectionId))
    : join('master-sync', part(connectionId), part(suffix));
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

/** Returns the id of the resync of one account. */
export function accountSyncId(connectionId: string, key: RecordKey): string {
  return join('account-sync', part(connectionId), part(key.legalEntity), key.kind, part(key.key));
}

/** Returns the id of the annotation of one account. */
export function annotationId(connectionId: string, key: RecordKey): string {
  return join('annotate', part(connectionId), part(key.legalEntity), key.kind, part(key.key));
}

/** Returns the id of the handling of one business event, by its ControlNumber or, where it has none, by another name of its own. */
export function erpEventId(connectionId: string, controlNumber: string): string {
  return join('erp-event', part(connectionId), part(controlNumber));
}

/** Returns the id of the handling of one delivery of a Zendesk webhook. */
export function zendeskEventId(connectionId: string, eventId: string): string {
  return join('zendesk-event', part(connectionId), part(eventId));
}

/** Returns the id of a connection's support reconcile when a person starts it, and of its schedule. */
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

/** The id of the schedule that erases what is older than it is kept, and the beginning of its workflows' ids. */
export const HOUSEKEEPING_ID = 'housekeeping';

/** Returns the ids of a connection's schedules: the master sync and the support reconcile. */
export function scheduleIds(connectionId: string): readonly string[] {
  return [masterSyncId(connectionId), supportReconcileId(connectionId)];
}
