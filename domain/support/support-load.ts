import type { SupportTicket } from './support-ticket.ts';

/**
 * How much support an account asks for, by what its tickets are and never by the time that passes: "open" counts tickets in
 * the categories new and open, "urgent" those of them of that priority. Dates are ISO-8601 UTC days, null where there is none.
 */
export interface SupportLoad {
  readonly open: number;
  readonly pending: number;
  readonly onHold: number;
  readonly urgent: number;
  readonly contactsWithOpen: number;
  readonly oldestOpenSince: string | null;
  readonly lastActivityAt: string | null;
  readonly satisfaction: { readonly good: number; readonly bad: number };
}

/** Adds up the tickets of one account. */
export function supportLoadOf(tickets: readonly SupportTicket[]): SupportLoad {
  const live = tickets.filter(({ status }) => status !== 'deleted');
  const open = live.filter(({ status }) => status === 'new' || status === 'open');
  const count = (status: SupportTicket['status']) => live.filter((ticket) => ticket.status === status).length;
  return {
    open: open.length,
    pending: count('pending'),
    onHold: count('hold'),
    urgent: open.filter(({ priority }) => priority === 'urgent').length,
    contactsWithOpen: new Set(open.flatMap(({ requesterId }) => requesterId ?? [])).size,
    oldestOpenSince: dayOf(open.map(({ createdAt }) => createdAt).sort()[0]),
    lastActivityAt: dayOf(
      live
        .map(({ updatedAt }) => updatedAt)
        .sort()
        .at(-1),
    ),
    satisfaction: {
      good: live.filter(({ satisfaction }) => satisfaction === 'good').length,
      bad: live.filter(({ satisfaction }) => satisfaction === 'bad').length,
    },
  };
}

function dayOf(time: string | undefined): string | null {
  return time === undefined ? null : time.slice(0, 10);
}
