import type { Ticket } from '../tickets.ts';
import { isoOf } from '../wire-time.ts';
import { typeOf } from './event-types.ts';
import type { WebhookEvent } from './webhook-event.ts';
import { changeOf } from './webhook-event.ts';

/** Returns the events of a change of a ticket, one for each attribute that changed. */
export function ticketEvents(before: Ticket | undefined, after: Ticket | undefined, actorId: number): WebhookEvent[] {
  const row = after ?? before;
  if (!row) return [];
  const eventOf = (action: string, event: object, status?: string): WebhookEvent =>
    ticketEvent(row, { action, event, actorId, status });
  if (!before) return [eventOf('created', {})];
  if (!after) return [eventOf('soft_deleted', {}, 'DELETED')];
  const changes = CHANGES.flatMap(([action, valueOf]) => {
    const change = changeOf(valueOf(before), valueOf(after));
    return change ? [eventOf(action, change)] : [];
  });
  const tags = tagChange(before.tags, after.tags);
  return [
    ...changes,
    ...(tags ? [eventOf('tags_changed', tags)] : []),
    ...(after.comments > before.comments ? [eventOf('comment_added', { comment: commentOf(after, actorId) })] : []),
    ...(after.satisfaction !== before.satisfaction && /^(good|bad)/.test(after.satisfaction ?? '')
      ? [eventOf('csat_received', { csat: { rating: after.satisfaction } })]
      : []),
  ];
}

/** Returns the event of a ticket that was merged into another one. */
export function mergeEvent(row: Ticket, intoId: number, actorId: number): WebhookEvent {
  return ticketEvent(row, { action: 'merged', event: { target_ticket_id: String(intoId) }, actorId });
}

function ticketEvent(
  row: Ticket,
  { action, event, actorId, status }: { action: string; event: object; actorId: number; status?: string | undefined },
): WebhookEvent {
  return {
    type: typeOf('ticket', action),
    subject: `zen:ticket:${row.id}`,
    detail: detailOf(row, actorId, status),
    event: { ...event, meta: { sequence: { id: `${row.id}-${row.generatedS}`, position: 1 } } },
  };
}

const CHANGES: readonly (readonly [string, (row: Ticket) => string])[] = [
  ['status_changed', ({ status }) => status.toUpperCase()],
  ['priority_changed', ({ priority }) => (priority ?? '').toUpperCase()],
  ['type_changed', ({ type }) => (type ?? '').toUpperCase()],
  ['subject_changed', ({ subject }) => subject],
  ['organization_changed', ({ organizationId }) => idText(organizationId)],
  ['requester_changed', ({ requesterId }) => idText(requesterId)],
  ['agent_assignment_changed', ({ assigneeId }) => idText(assigneeId)],
  ['group_assignment_changed', ({ groupId }) => idText(groupId)],
  ['external_id_changed', ({ externalId }) => externalId ?? ''],
];

/**
 * Ids are strings, no organization is "0", no text is "", and a status is in capitals (Zendesk docs, Ticket events).
 */
function detailOf(row: Ticket, actorId: number, status = row.status.toUpperCase()): object {
  return {
    actor_id: String(actorId),
    assignee_id: idText(row.assigneeId),
    brand_id: '0',
    created_at: isoOf(row.createdAtS),
    custom_status: '0',
    description: row.description,
    external_id: row.externalId ?? '',
    form_id: '0',
    group_id: idText(row.groupId),
    id: String(row.id),
    is_public: true,
    organization_id: idText(row.organizationId),
    priority: (row.priority ?? '').toUpperCase(),
    requester_id: idText(row.requesterId),
    status,
    subject: row.subject,
    submitter_id: idText(row.requesterId),
    tags: row.tags,
    type: (row.type ?? '').toUpperCase(),
    updated_at: isoOf(row.updatedAtS),
    via: { channel: 'web_service' },
  };
}

function commentOf(row: Ticket, actorId: number): object {
  const author = { id: String(actorId), is_staff: actorId !== row.requesterId, name: '' };
  return { id: String(row.id * 1000 + row.comments), body: row.description, is_public: true, author };
}

function tagChange(before: readonly string[], after: readonly string[]): object | null {
  const added = after.filter((tag) => !before.includes(tag));
  const removed = before.filter((tag) => !after.includes(tag));
  return added.length + removed.length === 0 ? null : { added: { tags: added }, removed: { tags: removed } };
}

function idText(id: number | null): string {
  return String(id ?? 0);
}
