import { sql, type Selectable } from 'kysely';
import { addTotals, isAccountedFor, type Totals } from '../../domain/sync/outcome.ts';
import { isCredentialCode } from '../../domain/operations/health.ts';
import type { Db } from '../database.ts';
import { clearRun, type RunEnd, type RunNote } from './runs.ts';
import type { Database } from '../schema.ts';
import type { RunStatus } from './tables.ts';
import { recordHealth } from '../operations/health.ts';
import { closeAppliedPlan } from '../sync/planned-lines.ts';

/** The totals of one legal entity and kind in a run. */
export interface PhaseReport extends Totals {
  readonly legalEntity: string;
  readonly kind: string;
}

/** A run as operators see it. Times are ISO-8601 UTC. `requests` counts the requests to each remote system. */
export interface RunReport {
  readonly runId: string;
  readonly workflowId: string;
  readonly connectionId: string;
  readonly status: RunStatus;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly waitedMs: number;
  readonly totals: Totals;
  readonly phases: readonly PhaseReport[];
  readonly requests: { readonly dynamics: number; readonly zendesk: number; readonly entra: number };
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Notes on what a person should know about the run. */
  readonly notes: readonly RunNote[];
}

/** Reports of runs, with current numbers while a run is running. */
export interface RunReportStore {
  /** Returns the report of a run, or of the run that it joined; undefined for an unknown id. */
  get(runId: string): Promise<RunReport | undefined>;
  /** Returns the master runs of a connection, the newest first. */
  list(connectionId: string, limit: number | undefined): Promise<{ items: RunReport[]; total: number }>;
  /** Returns the current totals of a running run. */
  totals(runId: string): Promise<Totals>;
  /**
   * Ends a run: stores its phases, deletes its staged rows and releases its claims. A completed run in which a record
   * has no outcome counts as failed. The first failure and the recovery of the sync of a whole connection store an
   * alert each. Calling it again changes nothing.
   */
  finish(runId: string, end: RunEnd): Promise<RunReport>;
}

/** Creates the store of run reports. */
export function createRunReportStore(db: Db): RunReportStore {
  return {
    async get(runId) {
      const join = await db.selectFrom('run_joins').selectAll().where('run_id', '=', runId).executeTakeFirst();
      const wanted = join?.joined_run_id ?? runId;
      const row = await db.selectFrom('runs').selectAll().where('run_id', '=', wanted).executeTakeFirst();
      return row && oneReport(db, row);
    },
    list: (connectionId, limit) => list(db, connectionId, limit),
    totals: async (runId) => addTotals((await stagedPhases(db, [runId])).get(runId) ?? []),
    finish: (runId, end) => db.transaction().execute((tx) => finish(tx, runId, end)),
  };
}

async function list(
  db: Db,
  connectionId: string,
  limit: number | undefined,
): Promise<{ items: RunReport[]; total: number }> {
  const masters = db.selectFrom('runs').where('connection_id', '=', connectionId).where('scope', '=', 'master');
  const { total } = await masters.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const newest = masters.selectAll().orderBy('started_at', 'desc').orderBy('run_id');
  const rows = await (limit === undefined ? newest : newest.limit(limit)).execute();
  return { items: await reports(db, rows), total };
}

type RunRow = Selectable<Database['runs']>;

async function oneReport(db: Db, row: RunRow): Promise<RunReport> {
  const [report] = await reports(db, [row]);
  if (report === undefined) throw new Error('The run has no report.');
  return report;
}

/** Returns the reports of runs, in the same few queries for any number of runs. */
async function reports(db: Db, rows: readonly RunRow[]): Promise<RunReport[]> {
  const runIds = rows.map((row) => row.run_id);
  const running = rows.filter(({ status }) => status === 'running').map((row) => row.run_id);
  const staged = await stagedPhases(db, running);
  const kept = await keptPhases(
    db,
    runIds.filter((id) => !running.includes(id)),
  );
  const waits = await waitsOf(db, running);
  const requests = await requestsOf(db, runIds);
  const notes = await notesOf(db, runIds);
  return rows.map((row) => {
    const phases = staged.get(row.run_id) ?? kept.get(row.run_id) ?? [];
    const counted = (requests.get(row.run_id) ?? []).map(({ system, count }) => [system, count] as const);
    return {
      runId: row.run_id,
      workflowId: row.workflow_id,
      connectionId: row.connection_id,
      status: row.status,
      startedAt: row.started_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
      waitedMs: row.waited_ms + (waits.get(row.run_id) ?? 0),
      totals: addTotals(phases),
      phases,
      requests: { dynamics: 0, zendesk: 0, entra: 0, ...Object.fromEntries(counted) },
      error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
      notes: notes.get(row.run_id) ?? [],
    };
  });
}

/**
 * Returns how long running runs have been waiting for a rate limit that is closed now, in milliseconds. The total of a
 * run's waits is stored only at its end.
 */
async function waitsOf(db: Db, runIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ runId: string; ms: number }>`
    select r.run_id as "runId",
      floor(extract(epoch from now() - greatest(min(g.closed_at), r.started_at)) * 1000)::float8 as ms
    from runs r join rate_gates g on g.connection_id = r.connection_id and g.closed_until > now()
    where r.run_id = any(${sql.val([...runIds])}::text[]) group by r.run_id, r.started_at`.execute(db);
  return new Map(rows.map(({ runId, ms }) => [runId, Math.max(0, ms)]));
}

async function requestsOf(
  db: Db,
  runIds: readonly string[],
): Promise<Map<string, { system: string; count: number }[]>> {
  const columns = ['run_id as runId', 'system', 'requests as count'] as const;
  return byRun(await db.selectFrom('run_requests').select(columns).where(isOneOf(runIds)).execute());
}

async function notesOf(db: Db, runIds: readonly string[]): Promise<Map<string, RunNote[]>> {
  const notes = db.selectFrom('run_notes').select(['run_id as runId', 'code', 'message']).where(isOneOf(runIds));
  return byRun(await notes.orderBy('code').execute());
}

async function keptPhases(db: Db, runIds: readonly string[]): Promise<Map<string, PhaseReport[]>> {
  const phases = db
    .selectFrom('run_phases')
    .select(['run_id as runId', 'legal_entity as legalEntity', 'kind', 'read'])
    .select(['created', 'updated', 'adopted', 'unchanged', 'skipped', 'rejected', 'gone'])
    .where(isOneOf(runIds));
  return byRun(await phases.orderBy('legal_entity').orderBy('kind').execute());
}

async function stagedPhases(db: Db, runIds: readonly string[]): Promise<Map<string, PhaseReport[]>> {
  const wanted = isOneOf(runIds);
  const { rows } = await sql<PhaseReport & { runId: string }>`
    select k.run_id as "runId", k.legal_entity as "legalEntity", k.kind, count(s.key) as read,
      count(*) filter (where s.outcome = 'created') as created, count(*) filter (where s.outcome = 'updated') as updated,
      count(*) filter (where s.outcome = 'adopted') as adopted, count(*) filter (where s.outcome = 'unchanged') as unchanged,
      count(*) filter (where s.outcome = 'skipped') as skipped, count(*) filter (where s.outcome = 'rejected') as rejected,
      ${GONE_OF_PHASE} as gone
    from (select run_id, legal_entity, kind from staged_reads where ${wanted}
      union select run_id, legal_entity, kind from staged_records where ${wanted}) k
    left join staged_records s on s.run_id = k.run_id and s.legal_entity = k.legal_entity and s.kind = k.kind
    group by 1, 2, 3 order by 2, 3`.execute(db);
  return byRun(rows);
}

/** Counts the records that the accepted reading of a phase `k` did not contain. */
const GONE_OF_PHASE = sql`(select count(*) from staged_reads a join runs u on u.run_id = a.run_id
        join records r on r.connection_id = u.connection_id and r.legal_entity = a.legal_entity and r.kind = a.kind
          and not r.present
      where a.run_id = k.run_id and a.legal_entity = k.legal_entity and a.kind = k.kind and a.accepted)`;

function isOneOf(runIds: readonly string[]) {
  return sql<boolean>`run_id = any(${sql.val([...runIds])}::text[])`;
}

/** Groups rows by run and keeps their order. */
function byRun<Row extends { readonly runId: string }>(rows: readonly Row[]): Map<string, Omit<Row, 'runId'>[]> {
  const sorted = new Map<string, Omit<Row, 'runId'>[]>();
  for (const { runId, ...row } of rows) {
    const own = sorted.get(runId) ?? [];
    own.push(row);
    sorted.set(runId, own);
  }
  return sorted;
}

async function finish(db: Db, runId: string, end: RunEnd): Promise<RunReport> {
  const row = await db.selectFrom('runs').selectAll().where('run_id', '=', runId).forUpdate().executeTakeFirstOrThrow();
  if (row.status !== 'running') return oneReport(db, row);
  const staged = (await stagedPhases(db, [runId])).get(runId) ?? [];
  // The records of a preview have outcomes only in its plan.
  const unaccounted = end.status === 'completed' && row.scope !== 'preview' && !staged.every(isAccountedFor);
  const result: RunEnd = unaccounted ? { ...end, status: 'failed', error: UNACCOUNTED } : end;
  const phases = result.status === 'completed' ? staged : staged.map(onlyAccounted);
  if (phases.length > 0 && row.scope !== 'preview') {
    const rows = phases.map(({ legalEntity, ...phase }) => ({ run_id: runId, legal_entity: legalEntity, ...phase }));
    await db.insertInto('run_phases').values(rows).execute();
  }
  await clearRun(db, runId);
  await closeAppliedPlan(db, runId);
  const ended = await db
    .updateTable('runs')
    .set({
      status: result.status,
      finished_at: sql<Date>`clock_timestamp()`,
      waited_ms: result.waitedMs,
      error_code: result.error?.code ?? null,
      error_message: result.error?.message ?? null,
    })
    .where('run_id', '=', runId)
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordSyncHealth(db, ended);
  return oneReport(db, ended);
}

/** Only a run of the whole connection shows whether the sync works. Rejected credentials have alerts of their own. */
async function recordSyncHealth(db: Db, run: RunRow): Promise<void> {
  if (run.scope !== 'master' || run.legal_entity !== null) return;
  const checked = { connectionId: run.connection_id, subject: 'sync' as const, runId: run.run_id };
  if (run.status === 'completed') await recordHealth(db, { ...checked, problem: null });
  if (run.status !== 'failed' || run.error_code === null || isCredentialCode(run.error_code)) return;
  await recordHealth(db, { ...checked, problem: { code: run.error_code, message: run.error_message ?? '' } });
}

const UNACCOUNTED = {
  code: 'unaccounted',
  message:
    'Some records that were read have no outcome. The next run reads them again. Report this error with the run id.',
};

/** A run that ended early reports only the records with an outcome. The next run reads the others again. */
function onlyAccounted(phase: PhaseReport): PhaseReport {
  const { created, updated, adopted, unchanged, skipped, rejected } = phase;
  return { ...phase, read: created + updated + adopted + unchanged + skipped + rejected };
}
