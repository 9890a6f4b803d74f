import { TICKET_STATUSES } from '../ticket-input.ts';
import type { Ticket } from '../tickets.ts';
import type { Condition, Trigger } from './triggers.ts';

/** A ticket that was created or changed, and the user who did it. */
export interface TicketChange {
  readonly before: Ticket | undefined;
  readonly after: Ticket;
  readonly actorId: number | null;
}

const PRIORITIES = ['', 'low', 'normal', 'high', 'urgent'];

const FIELDS: Readonly<Record<string, (row: Ticket) => string>> = {
  status: ({ status }) => status,
  priority: ({ priority }) => priority ?? '',
  type: ({ type }) => type ?? '',
  organization_id: ({ organizationId }) => String(organizationId ?? ''),
  requester_id: ({ requesterId }) => String(requesterId),
  assignee_id: ({ assigneeId }) => String(assigneeId ?? ''),
  group_id: ({ groupId }) => String(groupId ?? ''),
  satisfaction_score: ({ satisfaction }) => satisfaction ?? '',
};

const ORDERS: Readonly<Record<string, readonly string[]>> = { status: TICKET_STATUSES, priority: PRIORITIES };

const OTHER_FIELDS = ['update_type', 'current_tags', 'current_user_id', 'comment_is_public'];

/** Returns whether the account supports the field of a condition. */
export function isKnownField(field: string): boolean {
  return field in FIELDS || OTHER_FIELDS.includes(field);
}

/** Returns whether a ticket's change meets a trigger's conditions: all of `all`, and one of `any` if there are any. */
export function meets({ all, any }: Pick<Trigger, 'all' | 'any'>, change: TicketChange): boolean {
  const isMet = (condition: Condition): boolean => meetsOne(condition, change);
  return all.every(isMet) && (any.length === 0 || any.some(isMet));
}

function meetsOne({ field, operator, value }: Condition, change: TicketChange): boolean {
  const { before, after, actorId } = change;
  const wanted = value ?? '';
  switch (field) {
    case 'update_type':
      return (wanted === 'Create') === (before === undefined) && operator === 'is';
    case 'current_tags':
      return wanted.split(' ').some((tag) => after.tags.includes(tag)) === (operator === 'includes');
    case 'current_user_id':
      return (String(actorId ?? '') === wanted) === (operator === 'is');
    case 'comment_is_public':
      return after.comments > (before?.comments ?? 0);
    default:
      return meetsField({ field, operator, wanted }, before && FIELDS[field]?.(before), FIELDS[field]?.(after) ?? '');
  }
}

interface FieldCondition {
  readonly field: string;
  readonly operator: string;
  readonly wanted: string;
}

function meetsField(
  { field, operator, wanted }: FieldCondition,
  previous: string | undefined,
  current: string,
): boolean {
  const hasChanged = previous !== current;
  const order = ORDERS[field] ?? [];
  switch (operator) {
    case 'is':
      return current === wanted;
    case 'is_not':
      return current !== wanted;
    case 'less_than':
      return order.indexOf(current) < order.indexOf(wanted);
    case 'greater_than':
      return order.indexOf(current) > order.indexOf(wanted);
    case 'changed':
      return hasChanged && (wanted === '' || current === wanted);
    case 'not_changed':
      return !hasChanged;
    case 'value':
      return hasChanged && current === wanted;
    case 'value_previous':
      return hasChanged && previous === wanted;
    case 'not_value':
      return hasChanged && current !== wanted;
    case 'not_value_previous':
      return hasChanged && previous !== wanted;
    case 'present':
      return current !== '';
    case 'not_present':
      return current === '';
    default:
      return false;
  }
}
