import { RemoteError } from '../../clients/errors.ts';
import { isUnsolved, type SupportTicket } from '../../domain/support/support-ticket.ts';
import type { ConnectionRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';

/** The maximum number of tickets in one reading, which takes five requests. */
const MAX_TICKETS = 500;
const PAGE = 100;

/**
 * Reads the tickets again that keep users in organizations which their contacts have left. So a run removes these
 * memberships as soon as the tickets are solved, even if no reconcile has read them since.
 */
export async function readKeepingTickets(
  { store, remote }: StepContext,
  { connectionId }: ConnectionRef,
): Promise<void> {
  const ids = await store.users.ticketsKeeping(connectionId, MAX_TICKETS);
  for (let from = 0; from < ids.length; from += PAGE) {
    const page = ids.slice(from, from + PAGE);
    const askedAt = await store.staging.now();
    const tickets = await remote(({ zendesk }) => zendesk.showTickets(page));
    const shown = new Set(tickets.map(({ id }) => id));
    await store.tickets.record(connectionId, { tickets, absent: page.filter((id) => !shown.has(id)), askedAt });
  }
}

/**
 * Returns in which of these organizations a user has unsolved tickets. Zendesk is asked, because the tally does not know
 * the newest tickets, and Zendesk would take them out of an organization that the user leaves.
 */
export async function organizationsWithUnsolved(
  { store, remote }: StepContext,
  { connectionId }: ConnectionRef,
  { userId, organizationIds }: { userId: string; organizationIds: readonly string[] },
): Promise<readonly string[]> {
  const askedAt = await store.staging.now();
  const tickets = await remote(async ({ zendesk }) => zendesk.listRequestedTickets(userId).catch(noneIfForbidden));
  const unsolved = tickets.filter((ticket) => isUnsolved(ticket));
  await store.tickets.record(connectionId, { tickets: unsolved, askedAt });
  return organizationIds.filter((id) => unsolved.some(({ organizationId }) => organizationId === id));
}

/** The token may lack the scope of tickets. Then only the tally decides. */
function noneIfForbidden(error: unknown): readonly SupportTicket[] {
  if (error instanceof RemoteError && error.kind === 'forbidden') return [];
  throw error;
}
