import { z } from 'zod';
import { ticketStatusOf, type SupportTicket } from '../../domain/support/support-ticket.ts';
import { wireId } from './ids.ts';
import { moment } from './moment.ts';

/** An optional id. Zendesk sends null or 0 for none, and a negative number for its own system user. */
const idOrNone = z
  .union([wireId, z.number().int().negative()])
  .nullish()
  .transform((id) => (typeof id === 'string' && id !== '0' ? id : null));

const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;

/**
 * The schema of a ticket in lists and exports. It keeps only what is counted and drops everything that people wrote. A
 * ticket that was deleted permanently may have no creation time.
 */
export const ticketWire = z
  .object({
    id: wireId,
    organization_id: idOrNone,
    requester_id: idOrNone,
    status: z.string().min(1),
    priority: z.string().nullish(),
    satisfaction_rating: z.object({ score: z.string().nullish() }).nullish(),
    created_at: moment.nullish(),
    updated_at: moment,
    metric_set: z.object({ solved_at: moment.nullish() }).nullish(),
  })
  .transform((wire) => ({ ...wire, status: ticketStatusOf(wire.status) }))
  .refine((wire) => wire.status === 'deleted' || typeof wire.created_at === 'string', {
    path: ['created_at'],
    message: 'missing',
  })
  .transform((wire): SupportTicket => ({
    id: wire.id,
    organizationId: wire.organization_id,
    requesterId: wire.requester_id,
    status: wire.status,
    priority: PRIORITIES.find((priority) => priority === wire.priority?.toLowerCase()) ?? null,
    satisfaction: satisfactionOf(wire.satisfaction_rating?.score ?? ''),
    createdAt: wire.created_at ?? wire.updated_at,
    updatedAt: wire.updated_at,
    solvedAt: wire.metric_set?.solved_at ?? null,
  }));

/**
 * The query parameter that requests the time at which tickets were solved. It is returned in the ticket or in a
 * separate list.
 */
export const TICKET_INCLUDES = 'include=metric_sets';

/** The schema of the members of a response that contains tickets. */
export const ticketMembers = {
  tickets: z.array(ticketWire),
  metric_sets: z.array(z.object({ ticket_id: wireId, solved_at: moment.nullish() })).nullish(),
};

/** Returns the tickets of a response, each with the time at which it was solved if Zendesk reported it. */
export function ticketsOf(response: Readonly<z.infer<z.ZodObject<typeof ticketMembers>>>): readonly SupportTicket[] {
  const solved = new Map(response.metric_sets?.map((set) => [set.ticket_id, set.solved_at ?? null]));
  return response.tickets.map((ticket) => ({ ...ticket, solvedAt: ticket.solvedAt ?? solved.get(ticket.id) ?? null }));
}

/**
 * Ratings are `good`, `bad`, `good_with_comment` and `bad_with_comment`. Other scores, such as `offered`, are not
 * ratings.
 */
function satisfactionOf(score: string): SupportTicket['satisfaction'] {
  if (score.startsWith('good')) return 'good';
  return score.startsWith('bad') ? 'bad' : null;
}
