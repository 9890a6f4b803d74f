import type { SupportTicket } from './support-ticket.ts';

/**
 * The support load of an account. It depends on its tickets only, never on the current time. `open` counts tickets in
 * the categories new and open, and `urgent` those of them with that priority. Dates are ISO-8601 UTC days, or null.
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
