import { z } from 'zod';
import { ticketStatusOf, type SupportTicket } from '../../domain/support/support-ticket.ts';
import { wireId } from './ids.ts';
import { moment } from './moment.ts';

/** An id that may be none: Zendesk writes null or 0, and a negative number for its own system user. */
const idOrNone = z
  .union([wireId, z.number().int().negative()])
  .nullish()
  .transform((id) => (typeof id === 'string' && id !== '0' ? id : null));

const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;

/**
 * A ticket of any list or export. Only what is counted is read: whatever people wrote is dropped here. A ticket that was
 * deleted for good may have lost the time at which it was made.
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

/** What asks for the time at which tickets were solved; Zendesk answers it in the ticket or in a list of its own. */
export const TICKET_INCLUDES = 'include=metric_sets';

/** The members of an answer that shows tickets. */
export const ticketMembers = {
  tickets: z.array(ticketWire),
  metric_sets: z.array(z.object({ ticket_id: wireId, solved_at: moment.nullish() })).nullish(),
};

/** The tickets of an answer, each with the time at which it was solved where Zendesk told it. */
export function ticketsOf(answer: Readonly<z.infer<z.ZodObject<typeof ticketMembers>>>): readonly SupportTicket[] {
  const solved = new Map(answer.metric_sets?.map((set) => [set.ticket_id, set.solved_at ?? null]));
  return answer.tickets.map((ticket) => ({ ...ticket, solvedAt: ticket.solvedAt ?? solved.get(ticket.id) ?? null }));
}

/** Scores are `good`, `bad`, `good_with_comment`, `bad_with_comment`; `offered` and the like are no answer. */
function satisfactionOf(score: string): SupportTicket['satisfaction'] {
  if (score.startsWith('good')) return 'good';
  return score.startsWith('bad') ? 'bad' : null;
}
