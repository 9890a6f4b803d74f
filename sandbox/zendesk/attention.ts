import type { Ticket } from './tickets.ts';
import type { User } from './users.ts';

/** Whose doing a change is, and whether anyone is told of it. */
export interface Attention {
  /** Who is at work: the caller of the API; null for people in the account's own pages, and for jobs. */
  actorId: number | null;
  /** While it is true no change makes an event or fires a trigger. */
  isQuiet: boolean;
  /** Called when a user has been merged into another. */
  readonly onMerge: ((loser: User, winnerId: number) => void)[];
  /** Called when a ticket has been merged into another. */
  readonly onTicketMerge: ((merged: Ticket, intoId: number) => void)[];
}

/** Makes the attention of an account in which nobody is at work. */
export function createAttention(): Attention {
  return { actorId: null, isQuiet: false, onMerge: [], onTicketMerge: [] };
}

/** Runs a change that nobody hears of. */
export function quietly<Result>(attention: Attention, change: () => Result): Result {
  const before = attention.isQuiet;
  attention.isQuiet = true;
  try {
    return change();
  } finally {
    attention.isQuiet = before;
  }
}

/** Runs a change as somebody's doing. */
export function actingAs<Result>(attention: Attention, actorId: number | null, change: () => Result): Result {
  const before = attention.actorId;
  attention.actorId = actorId;
  try {
    return change();
  } finally {
    attention.actorId = before;
  }
}
