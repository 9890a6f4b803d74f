/** The category that a ticket's status falls into; a custom status counts as its category (Zendesk docs, Ticket Statuses). */
export type TicketStatus = 'new' | 'open' | 'pending' | 'hold' | 'solved' | 'closed' | 'deleted';

/**
 * What is kept of a ticket: enough to count it, nothing that anybody wrote. Ids are decimal texts, null where Zendesk has
 * none; times are ISO-8601 UTC.
 */
export interface SupportTicket {
  readonly id: string;
  readonly organizationId: string | null;
  readonly requesterId: string | null;
  readonly status: TicketStatus;
  readonly priority: 'low' | 'normal' | 'high' | 'urgent' | null;
  readonly satisfaction: 'good' | 'bad' | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly solvedAt: string | null;
}

const STATUSES: readonly TicketStatus[] = ['new', 'open', 'pending', 'hold', 'solved', 'closed', 'deleted'];

/** Reads a status in whatever case it comes (webhooks write OPEN, the API open); an unknown one counts as open. */
export function ticketStatusOf(text: string): TicketStatus {
  const lower = text.toLowerCase();
  return STATUSES.find((status) => status === lower) ?? 'open';
}
