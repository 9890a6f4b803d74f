import { sql } from 'kysely';
import { KEPT_FOR_OPEN_TICKETS } from '../../domain/contacts/contact-remarks.ts';
import { UNSOLVED_STATUSES } from '../../domain/support/support-ticket.ts';
import type { Db } from '../database.ts';

/** Is true for a ticket `t` that Zendesk takes out of an organization when its requester leaves it. */
const IS_UNSOLVED = sql<boolean>`t.status in (${sql.join(UNSOLVED_STATUSES.map((status) => sql.lit(status)))})`;

/** The own organizations of a user `u` in which it has unsolved tickets, as far as the tally knows. */
export const UNSOLVED_OF_USER = sql`array(select x from unnest(u.own_organization_ids) x where exists (select
  from tickets t where t.connection_id = u.connection_id and t.requester_id = u.zendesk_id and t.organization_id = x
    and ${IS_UNSOLVED}))`;

/** Returns at most `limit` unsolved tickets that keep users in organizations, as far as the tally knows. */
export async function readTicketsKeeping(db: Db, connectionId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select t.zendesk_id as id from records a
    join users u on u.connection_id = a.connection_id and u.zendesk_id = a.zendesk_id
    join tickets t on t.connection_id = a.connection_id and t.requester_id = u.zendesk_id
      and t.organization_id = any(u.own_organization_ids) and ${IS_UNSOLVED}
    where a.connection_id = ${connectionId} and a.target = 'user' and a.code = ${KEPT_FOR_OPEN_TICKETS.code}
    order by t.updated_at, t.zendesk_id limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}
