import type { Ticket } from './tickets.ts';
import type { User } from './users.ts';

/** The context of changes: who makes them, and whether they raise events. */
export interface ChangeContext {
  /** The user that makes the change: the caller of the API; null for changes in Zendesk's own pages and for jobs. */
  actorId: number | null;
  /** While true, changes raise no events and fire no triggers. */
  isSilent: boolean;
  /** Called when a user was merged into another one. */
  readonly onMerge: ((loser: User, winnerId: number) => void)[];
  /** Called when a ticket was merged into another one. */
  readonly onTicketMerge: ((merged: Ticket, intoId: number) => void)[];
}

/** Creates a context without a user, in which changes raise events. */
export function createChangeContext(): ChangeContext {
  return { actorId: null, isSilent: false, onMerge: [], onTicketMerge: [] };
}

/** Runs a change without events and triggers. */
export function silently<Result>(changeContext: ChangeContext, change: () => Result): Result {
  const before = changeContext.isSilent;
  changeContext.isSilent = true;
  try {
    return change();
  } finally {
    changeContext.isSilent = before;
  }
}

/** Runs a change on behalf of a user. */
export function actingAs<Result>(changeContext: ChangeContext, actorId: number | null, change: () => Result): Result {
  const before = changeContext.actorId;
  changeContext.actorId = actorId;
  try {
    return change();
  } finally {
    changeContext.actorId = before;
  }
}
