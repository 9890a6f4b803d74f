import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** The credential field of the webhook secret that the current one replaced. */
export const FORMER_WEBHOOK_SECRET = 'zendesk.formerWebhookSecret';

/**
 * Zendesk uses the new secret as soon as the old one is reset (Zendesk docs), but it may retry a delivery that it
 * signed before for minutes, or the delivery may wait in a queue. A day covers both.
 */
const FORMER_HOURS = 24;

/** The SQL condition for a former webhook secret that is no longer accepted. */
export const hasExpired = sql<boolean>`credentials.updated_at <= now() - make_interval(hours => ${sql.lit(FORMER_HOURS)})`;

/** Deletes the former webhook secret of a connection if it is no longer accepted. */
export async function deleteExpiredFormerSecret(db: Db, connectionId: string): Promise<void> {
  await db
    .deleteFrom('credentials')
    .where('connection_id', '=', connectionId)
    .where('field', '=', FORMER_WEBHOOK_SECRET)
    .where(hasExpired)
    .execute();
}
