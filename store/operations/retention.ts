import { sql, type RawBuilder } from 'kysely';
import type { SweepPart } from '../../domain/operations/sweep.ts';
import type { Db } from '../database.ts';

/** Retention periods in days. `rememberDays`, for which the key of an event is kept, is at least `keepDays`. */
export interface Retention {
  readonly keepDays: number;
  readonly rememberDays: number;
}

/** Deletes rows whose retention period is over. Rows of running runs are kept, and locked rows are skipped. */
export interface RetentionStore {
  /**
   * Deletes one batch of a part. `after` is the cursor of the previous batch, empty at first. The last batch returns
   * null.
   */
  sweep(part: SweepPart, retention: Retention, after: string): Promise<{ erased: number; after: string | null }>;
  /** Returns runs that have been running for more than a day. Their workflows may no longer exist. */
  longRunning(): Promise<{ readonly runId: string; readonly workflowId: string }[]>;
}

/** Rows per statement. A batch of this size holds its locks for a few milliseconds. */
const BATCH = 1_000;

/** Creates the store that deletes old rows. */
export function createRetentionStore(db: Db): RetentionStore {
  return {
    async sweep(part, retention, after) {
      if (part === 'tickets') return sweepTickets(db, retention, after);
      const erased = await executeAll(db, STATEMENTS[part](retention));
      return { erased, after: erased === 0 ? null : 'again' };
    },
    longRunning: () =>
      db
        .selectFrom('runs')
        .select(['run_id as runId', 'workflow_id as workflowId'])
        .where('status', '=', 'running')
        .where('started_at', '<', sql<Date>`now() - interval '1 day'`)
        .execute(),
  };
}

async function executeAll(db: Db, statements: readonly RawBuilder<unknown>[]): Promise<number> {
  let erased = 0;
  for (const statement of statements) erased += Number((await statement.execute(db)).numAffectedRows ?? 0n);
  return erased;
}

const before = (days: number) => sql`now() - make_interval(days => ${days})`;

type Batch = (retention: Retention) => readonly RawBuilder<unknown>[];

const STATEMENTS: Readonly<Record<Exclude<SweepPart, 'tickets'>, Batch>> = {
  /**
   * Plans that nobody approved in time expire, and the changes of decided ones are deleted. The phases, notes, request
   * counts and jobs of a run are deleted with it. Kept are runs that still claim records,
   * and, of each connection, the last ended and the last completed master run, because they show the state of the
   * connection.
   */
  runs: ({ keepDays }) => [
    sql`delete from runs where run_id in (
      select r.run_id from runs r where r.status <> 'running' and r.finished_at < ${before(keepDays)}
        and not exists (select from records a where a.connection_id = r.connection_id and a.claim_run = r.run_id)
        and (r.scope <> 'master' or (
          exists (select from runs n where n.connection_id = r.connection_id and n.scope = 'master'
            and n.started_at > r.started_at and n.status <> 'running')
          and (r.status <> 'completed' or r.legal_entity is not null or exists (select from runs n
            where n.connection_id = r.connection_id and n.scope = 'master' and n.started_at > r.started_at
              and n.status = 'completed' and n.legal_entity is null))))
      order by r.finished_at limit ${BATCH} for update of r skip locked)`,
    sql`delete from run_joins where run_id in (select j.run_id from run_joins j
      where not exists (select from runs r where r.run_id = j.joined_run_id) limit ${BATCH})`,
    sql`delete from started_runs where run_id in (select run_id from started_runs
      where started_at < ${before(keepDays)} limit ${BATCH})`,
    sql`update plans set status = 'expired' where plan_id in (select plan_id from plans
      where status = 'open' and expires_at < now() limit ${BATCH})`,
    sql`delete from plan_changes where (plan_id, legal_entity, kind, key) in (
      select c.plan_id, c.legal_entity, c.kind, c.key from plans p join plan_changes c using (plan_id)
      where p.status in ('expired', 'superseded', 'discarded', 'applied') limit ${BATCH})`,
    sql`delete from plans where plan_id in (select plan_id from plans
      where status <> 'approved' and created_at < ${before(keepDays)} limit ${BATCH})`,
  ],

  /** Of an accepted event, its key, id and hash stay for `rememberDays`, so that it is not accepted a second time. */
  events: ({ keepDays, rememberDays }) => [
    sql`delete from events where id in (select id from events where verdict in ('duplicate', 'refused')
      and received_at < ${before(keepDays)} order by received_at limit ${BATCH} for update skip locked)`,
    sql`delete from events where id in (select id from events where verdict = 'remembered'
      and received_at < ${before(rememberDays)} order by received_at limit ${BATCH} for update skip locked)`,
    sql`delete from events where id in (select id from events where verdict <> 'remembered'
      and received_at < ${before(rememberDays)} order by received_at limit ${BATCH} for update skip locked)`,
    sql`update events set verdict = 'remembered', type = '', control_number = null, reason = null,
        outcome = null, ended_at = null, workflow_id = null
      where id in (select id from events where verdict = 'accepted' and outcome is not null
        and received_at < ${before(keepDays)} order by received_at limit ${BATCH} for update skip locked)`,
    sql`delete from reused_numbers where last_at < ${before(keepDays)}`,
  ],

  audit: ({ keepDays }) => [
    sql`delete from audit where no in (select no from audit where at < ${before(keepDays)} order by at limit ${BATCH})`,
  ],

  /** Revoked tokens, and consents that were not completed. */
  access: ({ keepDays }) => [
    sql`delete from api_tokens where revoked_at < ${before(keepDays)}`,
    sql`delete from oauth_consents where expires_at < now()`,
  ],

  /** Also deletes alerts that could not be delivered. */
  alerts: ({ keepDays }) => [
    sql`delete from alerts where no in (select no from alerts where at < ${before(keepDays)} order by no limit ${BATCH})`,
  ],
};

/**
 * Deletes old tickets, one page of the tally at a time in the order of the key. Only deleted tickets, and closed ones
 * that no annotation needs, are deleted: rated tickets stay, and so does the newest ticket of an organization, which
 * dates its last activity. A ticket that Zendesk shows again is counted again.
 */
async function sweepTickets(
  db: Db,
  { keepDays }: Retention,
  after: string,
): Promise<{ erased: number; after: string | null }> {
  const [connectionId = '', ticketId = ''] = after.split('/');
  const { rows } = await sql<{ seen: number; last: string | null; erased: number }>`
    with page as (select connection_id, zendesk_id from tickets
        where (connection_id, zendesk_id) > (${connectionId}, ${ticketId})
        order by connection_id, zendesk_id limit ${BATCH}),
      erased as (delete from tickets t using page p
        where t.connection_id = p.connection_id and t.zendesk_id = p.zendesk_id and t.updated_at < ${before(keepDays)}
          and (t.status = 'deleted' or (t.status = 'closed' and t.satisfaction is null
            and (t.organization_id is null or exists (select from tickets n where n.connection_id = t.connection_id
              and n.organization_id = t.organization_id and n.status <> 'deleted'
              and (n.updated_at, n.zendesk_id) > (t.updated_at, t.zendesk_id)))))
        returning 1)
    select (select count(*) from page) as seen, (select count(*) from erased) as erased,
      (select connection_id || '/' || zendesk_id from page order by connection_id desc, zendesk_id desc limit 1) as last`.execute(
    db,
  );
  const [page] = rows;
  return { erased: page?.erased ?? 0, after: page?.seen === BATCH ? page.last : null };
}
