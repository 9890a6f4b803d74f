import type { Ticket } from './tickets.ts';
import { isoOf } from './wire-time.ts';

/** Returns a ticket's metrics, as in `include=metric_sets` and `/tickets/{id}/metrics`. */
export function metricSetOf(row: Ticket, baseUrl: string): object {
  const id = 1_000_000 + row.id;
  const { assigned_at: assignedAt, ...dates } = datesOf(row);
  return {
    url: `${baseUrl}/api/v2/ticket_metrics/${id}.json`,
    id,
    ticket_id: row.id,
    created_at: isoOf(row.createdAtS),
    updated_at: isoOf(row.updatedAtS),
    group_stations: row.groupId === null ? 0 : 1,
    assignee_stations: row.assigneeId === null ? 0 : 1,
    reopens: row.reopens,
    replies: Math.max(0, row.comments - 1),
    ...dates,
    assigned_at: assignedAt,
    full_resolution_time_in_minutes: minutesOf(row),
  };
}

/** Returns the dates of a ticket, as in `include=dates`. */
export function datesOf(row: Ticket): Readonly<Record<string, string | null>> {
  const assignedAt = isoOrNull(row.assignedAtS);
  return {
    assignee_updated_at: assignedAt,
    requester_updated_at: isoOf(row.createdAtS),
    status_updated_at: isoOf(row.statusAtS),
    initially_assigned_at: assignedAt,
    assigned_at: assignedAt,
    solved_at: isoOrNull(row.solvedAtS),
    latest_comment_added_at: isoOf(row.updatedAtS),
  };
}

function isoOrNull(unixS: number | null): string | null {
  return unixS === null ? null : isoOf(unixS);
}

function minutesOf({ solvedAtS, createdAtS }: Ticket): object {
  const calendar = solvedAtS === null ? null : Math.floor((solvedAtS - createdAtS) / 60);
  return { calendar, business: calendar };
}
