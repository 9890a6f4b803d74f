import { sql } from 'kysely';
import { openDatabase, type Db } from '../database.ts';
import type { SliceKey } from '../sync/staging.ts';

/** The run whose staged records are planned. */
export interface RunOfCopies {
  readonly runId: string;
  readonly connectionId: string;
}

/**
 * Opens a session of its own, copies what planning writes into temporary tables of the same names, which hide the real
 * ones, and calls `work` with it. From then on the session is read-only: PostgreSQL still allows writes to temporary
 * tables (PostgreSQL docs, SET TRANSACTION), and refuses all others. The tables vanish with the session.
 */
export async function withPlanningCopies<Result>(
  url: string,
  run: RunOfCopies,
  work: (session: Db) => Promise<Result>,
): Promise<Result> {
  const db = openDatabase(url, { maxConnections: 1 });
  try {
    // A session that is not held would be closed when idle, and the next query would find the real tables.
    return await db.connection().execute(async (session) => {
      await createCopies(session, run);
      await sql`set session characteristics as transaction read only`.execute(session);
      return work(session);
    });
  } finally {
    await db.destroy();
  }
}

async function createCopies(session: Db, { runId, connectionId }: RunOfCopies): Promise<void> {
  for (const { table, isOwn } of copies(runId, connectionId)) {
    const name = sql.ref(table);
    await sql`create temp table ${name} (like public.${name} including all)`.execute(session);
    await sql`insert into pg_temp.${name} select * from public.${name} where ${isOwn}`.execute(session);
  }
  await sql`update staged_records set ${UNPLANNED}
    where rank is not null or operation is not null or outcome is not null`.execute(session);
  await sql`analyze records, staged_records`.execute(session);
}

/** The tables that reserving and planning write or lock, with the condition for the rows to copy. */
function copies(runId: string, connectionId: string) {
  const ofRun = sql<boolean>`run_id = ${runId}`;
  const ofConnection = sql<boolean>`connection_id = ${connectionId}`;
  return [
    { table: 'connections', isOwn: sql<boolean>`id = ${connectionId}` },
    { table: 'records', isOwn: ofConnection },
    { table: 'unclear_renumberings', isOwn: ofConnection },
    { table: 'accepted_reads', isOwn: ofConnection },
    { table: 'staged_reads', isOwn: ofRun },
    { table: 'staged_records', isOwn: ofRun },
  ];
}

/** A run that is held has planned its records already. */
const UNPLANNED = sql`rank = null, adopt_id = null, reservation = null, rejection = null, external_id = null, name = null,
  operation = null, operation_state = null, refusal = null, job_no = null, job_row = null, zendesk_id = null, round = 0,
  prior_outcome = null, outcome = null`;

/** The id of an organization that a plan would create. The contacts of its account are planned with it. */
const PLANNED_ORGANIZATION = 'planned:';

/** What planning on copies needs besides the stores that it uses. */
export interface PlannedLinkStore {
  /** Links the records of a slice to the organizations or users that their planned operations would give them. */
  linkPlanned(connectionId: string, slice: SliceKey): Promise<void>;
  /** Returns the accounts that are linked to these organizations: the text of their key by organization. */
  accountsOf(connectionId: string, organizationIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** Creates the store of planned links. */
export function createPlannedLinkStore(db: Db): PlannedLinkStore {
  return {
    async linkPlanned(connectionId, { runId, legalEntity, kind }) {
      await sql`update records a set zendesk_id = coalesce(s.zendesk_id, ${PLANNED_ORGANIZATION} || ${KEY_TEXT})
        from staged_records s where s.run_id = ${runId} and s.legal_entity = ${legalEntity} and s.kind = ${kind}
          and s.operation in ('create', 'adopt') and a.connection_id = ${connectionId} and a.legal_entity = s.legal_entity
          and a.kind = s.kind and a.key = s.key and a.zendesk_id is null`.execute(db);
    },
    async accountsOf(connectionId, organizationIds) {
      const { rows } = await sql<{ id: string; account: string }>`select a.zendesk_id as id, ${KEY_TEXT} as account
        from records a where a.connection_id = ${connectionId} and a.target = 'organization'
          and a.zendesk_id = any(${sql.val([...organizationIds])}::text[])`.execute(db);
      return new Map(rows.map(({ id, account }) => [id, account]));
    },
  };
}

const KEY_TEXT = sql<string>`(a.legal_entity || '/' || a.kind || '/' || a.key)`;
