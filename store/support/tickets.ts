import { sql } from 'kysely';
import type { SupportTicket } from '../../domain/support/support-ticket.ts';
import type { Db } from '../database.ts';

/** The tally of tickets. An earlier answer of Zendesk never overwrites a later one. */
export interface TicketStore {
  /**
   * Records tickets in an answer of Zendesk to a request sent at `askedAt`, and the ids that it did not find. A ticket
   * that was not found is marked as deleted, unless it was closed, because Zendesk moves closed tickets to an archive.
   * Returns the organizations whose load may have changed.
   */
  record(
    connectionId: string,
    seen: { tickets: readonly SupportTicket[]; absent?: readonly string[]; askedAt: Date },
  ): Promise<string[]>;
}

/** Creates the store of the tally. */
export function createTicketStore(db: Db): TicketStore {
  return {
    record: (connectionId, seen) => db.transaction().execute((tx) => record(tx, connectionId, seen)),
  };
}

async function record(
  db: Db,
  connectionId: string,
  { tickets, absent = [], askedAt }: { tickets: readonly SupportTicket[]; absent?: readonly string[]; askedAt: Date },
): Promise<string[]> {
  const unique = [...new Map(tickets.map((ticket) => [ticket.id, ticket])).values()];
  const touched = new Set<string>();
  const keep = (rows: readonly { organization: string | null }[]): void => {
    for (const { organization } of rows) if (organization !== null) touched.add(organization);
  };
  const ids = sql.val([...unique.map(({ id }) => id), ...absent]);
  const before = await sql<{ organization: string | null }>`select distinct organization_id as organization from tickets
    where connection_id = ${connectionId} and zendesk_id = any(${ids}::text[])`.execute(db);
  const after = await sql<{
    organization: string | null;
  }>`insert into tickets as t (connection_id, zendesk_id, organization_id,
      requester_id, status, priority, satisfaction, created_at, updated_at, solved_at, seen_at)
    select ${connectionId}, r.id, r."organizationId", r."requesterId", r.status, r.priority, r.satisfaction, r."createdAt",
      r."updatedAt", r."solvedAt", ${askedAt}
    from jsonb_to_recordset(${JSON.stringify(unique)}::jsonb) as r(id text, "organizationId" text, "requesterId" text,
      status text, priority text, satisfaction text, "createdAt" timestamptz, "updatedAt" timestamptz, "solvedAt" timestamptz)
    order by r.id
    on conflict (connection_id, zendesk_id) do update set organization_id = excluded.organization_id,
      requester_id = excluded.requester_id, status = excluded.status, priority = excluded.priority,
      satisfaction = excluded.satisfaction, updated_at = excluded.updated_at, solved_at = excluded.solved_at,
      seen_at = excluded.seen_at
    where t.seen_at <= excluded.seen_at and (t.organization_id, t.requester_id, t.status, t.priority, t.satisfaction,
        t.updated_at) is distinct from (excluded.organization_id, excluded.requester_id, excluded.status, excluded.priority,
        excluded.satisfaction, excluded.updated_at)
    returning t.organization_id as organization`.execute(db);
  const gone = await sql<{ organization: string | null }>`update tickets set status = 'deleted', seen_at = ${askedAt}
    where connection_id = ${connectionId} and zendesk_id = any(${sql.val([...absent])}::text[]) and status not in ('deleted', 'closed')
      and seen_at <= ${askedAt} returning organization_id as organization`.execute(db);
  if (after.rows.length > 0 || gone.rows.length > 0) keep(before.rows);
  keep(after.rows);
  keep(gone.rows);
  return [...touched];
}
