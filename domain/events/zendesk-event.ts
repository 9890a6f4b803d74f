import { isJsonObject, idMember, type JsonObject } from './json.ts';

/** A delivery of a webhook and the ticket or user that it names; null when it names none. */
export interface ZendeskEvent {
  readonly eventId: string;
  readonly type: string;
  readonly about: { readonly record: 'ticket' | 'user'; readonly zendeskId: string } | null;
}

const SUBJECT = /^zen:(ticket|user):(\d+)$/;

/**
 * Reads a delivery. A webhook that is subscribed to events sends Zendesk's own form (`id`, `type`, `subject`). Our
 * trigger sends `{"ledgerdesk": 1, "ticket_id": "…"}`. The id of such an event is the member `id`, or else the id of
 * the invocation, which is the same for all attempts. Uses only ids. Returns undefined for any other form.
 */
export function readZendeskEvent(payload: unknown, invocationId: string): ZendeskEvent | undefined {
  if (!isJsonObject(payload)) return undefined;
  return 'ledgerdesk' in payload ? readTriggered(payload, invocationId) : readSubscribed(payload);
}

function readTriggered(payload: JsonObject, invocationId: string): ZendeskEvent | undefined {
  const eventId = idMember(payload, 'id') || invocationId;
  const zendeskId = idMember(payload, 'ticket_id');
  if (eventId === '' || !/^\d+$/.test(zendeskId)) return undefined;
  return { eventId, type: 'ledgerdesk:trigger', about: { record: 'ticket', zendeskId } };
}

function readSubscribed(payload: JsonObject): ZendeskEvent | undefined {
  const eventId = idMember(payload, 'id');
  const type = idMember(payload, 'type');
  if (eventId === '' || type === '') return undefined;
  const [, record, zendeskId] = SUBJECT.exec(idMember(payload, 'subject')) ?? [];
  if ((record === 'ticket' || record === 'user') && zendeskId !== undefined)
    return { eventId, type, about: { record, zendeskId } };
  return { eventId, type, about: null };
}
