import type { Ticket } from './tickets.ts';
import type { Viewer } from './user-wire.ts';
import { datesOf, metricSetOf } from './ticket-metrics.ts';
import { isoOf } from './wire-time.ts';

/** The members of a ticket in JSON that callers use. There are more. */
export interface TicketWire {
  readonly id: number;
  readonly status: string;
  readonly priority: string | null;
  readonly organization_id: number | null;
  readonly requester_id: number;
  readonly updated_at: string;
  readonly generated_timestamp: number;
  readonly [other: string]: unknown;
}

/** The parts of a call that are needed to show tickets. `include` in its query adds `metric_set` and `dates`. */
type TicketViewer = Pick<Viewer, 'baseUrl'> & { readonly query?: URLSearchParams };

/** Returns the function that converts tickets to JSON, with the keys of Zendesk's TicketObject. */
export function ticketShower({ baseUrl, query }: TicketViewer): (row: Ticket) => TicketWire {
  const included = (query?.get('include') ?? '').split(',');
  return (row) => ({
    url: `${baseUrl}/api/v2/tickets/${row.id}.json`,
    id: row.id,
    external_id: row.externalId,
    via: { channel: 'api', source: { from: {}, to: {}, rel: null } },
    created_at: isoOf(row.createdAtS),
    updated_at: isoOf(row.updatedAtS),
    generated_timestamp: row.generatedS,
    type: row.type,
    subject: row.subject,
    raw_subject: row.subject,
    description: row.description,
    priority: row.priority,
    status: row.status,
    recipient: null,
    requester_id: row.requesterId,
    submitter_id: row.requesterId,
    assignee_id: row.assigneeId,
    organization_id: row.organizationId,
    group_id: row.groupId,
    collaborator_ids: [],
    follower_ids: [],
    email_cc_ids: [],
    problem_id: null,
    has_incidents: false,
    is_public: true,
    due_at: null,
    tags: row.tags,
    custom_fields: [],
    satisfaction_rating: ratingOf(row),
    custom_status_id: null,
    allow_channelback: false,
    allow_attachments: true,
    from_messaging_channel: false,
    ...(included.includes('metric_sets') ? { metric_set: metricSetOf(row, baseUrl) } : {}),
    ...(included.includes('dates') ? { dates: datesOf(row) } : {}),
    ...(included.includes('comment_count') ? { comment_count: row.comments } : {}),
  });
}

/** A rating has an id and a comment. A rating that was only offered has a score alone. */
function ratingOf({ id, satisfaction: score }: Ticket): object | null {
  if (score === null) return null;
  return /^(good|bad)/.test(score) ? { id: 360_000_000 + id, score, comment: null } : { score };
}
