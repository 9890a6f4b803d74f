/** The status category of a ticket. A custom status counts as its category (Zendesk docs, Ticket Statuses). */
export type TicketStatus = 'new' | 'open' | 'pending' | 'hold' | 'solved' | 'closed' | 'deleted';

/**
 * A ticket as it is stored: what is needed to count it, but no text. Ids are decimal texts, or null. Times are ISO-8601
 * UTC.
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

/** Parses a status and ignores case (webhooks send `OPEN`, the API `open`). An unknown status counts as open. */
export function ticketStatusOf(text: string): TicketStatus {
  const lower = text.toLowerCase();
  return STATUSES.find((status) => status === lower) ?? 'open';
}

/**
 * Returns whether a ticket is not solved. Zendesk takes such tickets out of an organization that their requester leaves,
 * and leaves the others in it (Zendesk help, article 204281156).
 */
export function isUnsolved({ status }: Pick<SupportTicket, 'status'>): boolean {
  return UNSOLVED_STATUSES.includes(status);
}

/** The statuses of tickets that are not solved. */
export const UNSOLVED_STATUSES: readonly TicketStatus[] = ['new', 'open', 'pending', 'hold'];
