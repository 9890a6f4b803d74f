import type { WireObject } from './wire-input.ts';
import { idOrNull, isWireObject, tagsOf, textOrNull } from './wire-input.ts';

/** The statuses in the order in which `status<solved` compares them. */
export const TICKET_STATUSES = ['new', 'open', 'pending', 'hold', 'solved', 'closed'] as const;

/** A ticket's status. Only the incremental export contains `deleted`. */
export type TicketStatus = (typeof TICKET_STATUSES)[number] | 'deleted';

/** The changes of a ticket in a request. Absent members do not change. */
export interface TicketChanges {
  readonly externalId?: string | null;
  readonly subject?: string;
  readonly status?: TicketStatus;
  readonly priority?: string | null;
  readonly type?: string | null;
  readonly requesterId?: number;
  readonly assigneeId?: number | null;
  readonly organizationId?: number | null;
  readonly groupId?: number | null;
  readonly tags?: readonly string[];
  readonly satisfaction?: string | null;
  readonly comment?: string;
  /** The `updated_at` that a safe update requires, in unix seconds. */
  readonly stampS?: number;
}

const READERS = new Map<string, (value: unknown) => TicketChanges>([
  ['external_id', (value) => ({ externalId: textOrNull(value) })],
  ['subject', (value) => ({ subject: textOrNull(value) ?? '' })],
  ['status', (value) => ({ status: (textOrNull(value) ?? 'new') as TicketStatus })],
  ['priority', (value) => ({ priority: textOrNull(value) })],
  ['type', (value) => ({ type: textOrNull(value) })],
  ['assignee_id', (value) => ({ assigneeId: idOrNull(value) })],
  ['organization_id', (value) => ({ organizationId: idOrNull(value) })],
  ['group_id', (value) => ({ groupId: idOrNull(value) })],
  ['tags', (value) => ({ tags: tagsOf(value) })],
  ['description', (value) => ({ comment: textOrNull(value) ?? '' })],
  ['comment', (value) => ({ comment: commentOf(value) })],
]);

/** Returns the changes in a request's `ticket` object. Unknown properties are dropped. */
export function readTicket(input: WireObject): TicketChanges {
  let changes: TicketChanges = {};
  for (const [name, value] of Object.entries(input)) changes = { ...changes, ...READERS.get(name)?.(value) };
  const requesterId = idOrNull(input['requester_id']);
  const stamp = textOrNull(input['updated_stamp']);
  return {
    ...changes,
    ...(requesterId === null ? {} : { requesterId }),
    ...(input['safe_update'] === true && stamp !== null ? { stampS: Date.parse(stamp) / 1000 } : {}),
  };
}

function commentOf(value: unknown): string {
  return (isWireObject(value) ? textOrNull(value['body']) : textOrNull(value)) ?? '';
}
