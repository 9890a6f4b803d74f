import type { Clock } from '../core/clock.ts';
import type { Violation } from './refusal.ts';
import { recordNotFound, Refusal, refuseIfInvalid } from './refusal.ts';
import type { Table } from './table.ts';
import { createIndex, createTable } from './table.ts';
import type { TicketChanges, TicketStatus } from './ticket-input.ts';
import { TICKET_STATUSES } from './ticket-input.ts';
import { nowS } from './wire-time.ts';

/** A ticket of the account. Times are unix seconds. */
export interface Ticket {
  readonly id: number;
  readonly externalId: string | null;
  readonly subject: string;
  readonly description: string;
  readonly status: TicketStatus;
  readonly priority: string | null;
  readonly type: string | null;
  readonly requesterId: number;
  readonly assigneeId: number | null;
  readonly organizationId: number | null;
  readonly groupId: number | null;
  readonly tags: readonly string[];
  /** `good`, `bad`, `offered`, … */
  readonly satisfaction: string | null;
  readonly comments: number;
  /** The number of times that it was reopened. */
  readonly reopens: number;
  readonly createdAtS: number;
  readonly updatedAtS: number;
  readonly statusAtS: number;
  /** The time at which it was last solved. */
  readonly solvedAtS: number | null;
  readonly assignedAtS: number | null;
  /** Changes with every change, including those that do not change `updated_at`. */
  readonly generatedS: number;
}

/** The tickets of the account. */
export interface Tickets {
  readonly table: Table<Ticket>;
  readonly deleted: Table<Ticket>;
  /** Returns a ticket. Throws a 404. */
  require(id: number): Ticket;
  ofOrganization(organizationId: number): Ticket[];
  ofRequester(requesterId: number): Ticket[];
  /** Throws a 422. */
  create(changes: TicketChanges & { readonly requesterId: number }): Ticket;
  /** Returns a new ticket that is not yet stored. Throws a 422. */
  draft(changes: TicketChanges & { readonly requesterId: number }): Ticket;
  /** Throws a 404, a 422 for a closed ticket, or a 409 for an outdated safe update. */
  update(id: number, changes: TicketChanges): Ticket;
  /** Stores a row without validation. */
  put(row: Ticket): void;
  /** Removes the organization of a ticket without an event. */
  unassign(row: Ticket): void;
  remove(id: number): void;
}

/** Creates an account without tickets. Ticket ids are counted from 1. */
export function createTickets(clock: Clock): Tickets {
  const table = createTable<Ticket>();
  const deleted = createTable<Ticket>();
  const organizations = createIndex();
  const requesters = createIndex();
  let lastId = 0;
  const require = (id: number): Ticket => {
    const found = table.get(id);
    if (!found) throw recordNotFound();
    return found;
  };
  const unindex = (row: Ticket): void => {
    organizations.remove(String(row.organizationId), row.id);
    requesters.remove(String(row.requesterId), row.id);
  };
  const put = (row: Ticket): Ticket => {
    const before = table.get(row.id);
    if (before) unindex(before);
    lastId = Math.max(lastId, row.id);
    table.put(row);
    organizations.add(String(row.organizationId), row.id);
    requesters.add(String(row.requesterId), row.id);
    return row;
  };
  const draft: Tickets['draft'] = (changes) =>
    written({ ...blankTicket(lastId + 1, changes.requesterId), createdAtS: nowS(clock) }, changes, clock);
  return {
    table,
    deleted,
    require,
    ofOrganization: (organizationId) => organizations.find(String(organizationId)).map(require),
    ofRequester: (requesterId) => requesters.find(String(requesterId)).map(require),
    create: (changes) => put(draft(changes)),
    draft,
    update: (id, changes) => put(written(require(id), changes, clock)),
    put: (row) => void put(row),
    unassign: (row) => void put({ ...row, organizationId: null, generatedS: nowS(clock) }),
    remove: (id) => {
      const row = require(id);
      unindex(row);
      table.remove(id);
      deleted.put({ ...row, status: 'deleted', updatedAtS: nowS(clock), generatedS: nowS(clock) });
    },
  };
}

function blankTicket(id: number, requesterId: number): Omit<Ticket, 'createdAtS'> {
  const texts = { externalId: null, subject: '', description: '', status: 'new' as const, priority: null, type: null };
  const places = { requesterId, assigneeId: null, organizationId: null, groupId: null };
  const counts = { comments: 0, reopens: 0 };
  const times = { updatedAtS: 0, statusAtS: 0, solvedAtS: null, assignedAtS: null, generatedS: 0 };
  return { id, ...texts, ...places, tags: [], satisfaction: null, ...counts, ...times };
}

const isDone = ({ status }: Pick<Ticket, 'status'>): boolean => status === 'solved' || status === 'closed';

/** Zendesk records these itself when a status or an assignee changes. */
function metricsOf(before: Ticket, after: Ticket, atS: number): Partial<Ticket> {
  const isNew = before.updatedAtS === 0;
  const statusChanged = isNew || before.status !== after.status;
  return {
    ...(statusChanged ? { statusAtS: atS } : {}),
    ...(isDone(after) && (isNew || !isDone(before)) ? { solvedAtS: atS } : {}),
    ...(isDone(before) && !isDone(after) ? { reopens: before.reopens + 1 } : {}),
    ...(after.assigneeId !== null && before.assigneeId !== after.assigneeId ? { assignedAtS: atS } : {}),
  };
}

function written(before: Ticket, { stampS, comment, ...plain }: TicketChanges, clock: Clock): Ticket {
  refuseStale(before, stampS);
  const commented =
    comment === undefined ? {} : { comments: before.comments + 1, description: before.description || comment };
  const row = { ...before, ...plain, ...commented, updatedAtS: nowS(clock), generatedS: nowS(clock) };
  refuseIfInvalid(violationsOf(before, row));
  return { ...row, ...metricsOf(before, row, nowS(clock)) };
}

function violationsOf(before: Ticket, row: Ticket): Violation[] {
  if (before.status === 'closed') return [{ field: 'status', description: 'Status: closed prevents ticket update' }];
  const found: Violation[] = [];
  if (row.description === '')
    found.push({ field: 'base', description: 'Description: cannot be blank', error: 'BlankValue' });
  if (!TICKET_STATUSES.some((known) => known === row.status)) {
    found.push({ field: 'status', description: `Status: ${row.status} is not a valid status`, error: 'InvalidValue' });
  }
  return found;
}

function refuseStale({ updatedAtS }: Ticket, stampS: number | undefined): void {
  if (stampS === undefined || stampS === updatedAtS) return;
  const description =
    'Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket data and try again.';
  throw new Refusal(409, { error: 'UpdateConflict', description });
}
