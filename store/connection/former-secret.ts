import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** The field of the webhook secret that was replaced by the present one. */
export const FORMER = 'zendesk.formerWebhookSecret';

/** Zendesk retries a delivery for minutes; a day allows for queues on the way (docs: a reset kills the old secret at once). */
const FORMER_HOURS = 24;

/** Whether a credential's time lies so far back that, were it the former webhook secret, it counts no longer. */
export const hasExpired = sql<boolean>`credentials.updated_at <= now() - make_interval(hours => ${sql.lit(FORMER_HOURS)})`;

/** Erases the former webhook secret of a connection once it counts no longer. */
export async function eraseExpiredFormer(db: Db, connectionId: string): Promise<void> {
  await db
    .deleteFrom('credentials')
    .where('connection_id', '=', connectionId)
    .where('field', '=', FORMER)
    .where(hasExpired)
    .execute();
}
