import type { Ticket } from '../tickets.ts';
import { isoOf } from '../wire-time.ts';
import { typeOf } from './event-types.ts';
import type { Happening } from './happening.ts';
import { changeOf } from './happening.ts';

/** What happened to a ticket between two states of it; one event for each thing that changed. */
export function ticketHappenings(before: Ticket | undefined, after: Ticket | undefined, actorId: number): Happening[] {
  const row = after ?? before;
  if (!row) return [];
  const happened = (action: string, event: object, status?: string): Happening =>
    happening(row, { action, event, actorId, status });
  if (!before) return [happened('created', {})];
  if (!after) return [happened('soft_deleted', {}, 'DELETED')];
  const changes = CHANGES.flatMap(([action, valueOf]) => {
    const change = changeOf(valueOf(before), valueOf(after));
    return change ? [happened(action, change)] : [];
  });
  const tags = tagChange(before.tags, after.tags);
  return [
    ...changes,
    ...(tags ? [happened('tags_changed', tags)] : []),
    ...(after.comments > before.comments ? [happened('comment_added', { comment: commentOf(after, actorId) })] : []),
    ...(after.satisfaction !== before.satisfaction && /^(good|bad)/.test(after.satisfaction ?? '')
      ? [happened('csat_received', { csat: { rating: after.satisfaction } })]
      : []),
  ];
}

/** That a ticket was merged into another. */
export function mergeHappening(row: Ticket, intoId: number, actorId: number): Happening {
  return happening(row, { action: 'merged', event: { target_ticket_id: String(intoId) }, actorId });
}

function happening(
  row: Ticket,
  it: { action: string; event: object; actorId: number; status?: string | undefined },
): Happening {
  return {
    type: typeOf('ticket', it.action),
    subject: `zen:ticket:${row.id}`,
    detail: detailOf(row, it.actorId, it.status),
    event: { ...it.event, meta: { sequence: { id: `${row.id}-${row.generatedS}`, position: 1 } } },
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

/** Ids are texts, no organization is "0", no text is "", a status is in capitals (Zendesk docs, Ticket events). */
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
