import { sql, type Selectable } from 'kysely';
import { addTotals, isAccountedFor, type Totals } from '../domain/outcome.ts';
import type { Db } from './database.ts';
import { clearRun, type RunEnd, type RunNote } from './runs.ts';
import type { Database, RunStatus } from './schema.ts';

/** What one legal entity and kind came to in a run. */
export interface PhaseReport extends Totals {
  readonly legalEntity: string;
  readonly kind: string;
}

/** A run as operators see it. Times are ISO-8601 UTC; `requests` counts what was asked of each far system. */
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
  /** What else a person should know of the run. */
  readonly notes: readonly RunNote[];
}

/** Runs as they are reported, live while they are under way. */
export interface RunReportStore {
  /** The run, or the one that it joined; undefined for an unknown id. */
  get(runId: string): Promise<RunReport | undefined>;
  /** Master runs of a connection, newest first. */
  list(connectionId: string, limit: number | undefined): Promise<{ items: RunReport[]; total: number }>;
  /** Totals of a run as they stand, for its live details. */
  totals(runId: string): Promise<Totals>;
  /**
   * Ends a run: keeps its phases, drops what it staged, lets go of its claims. A run that would be completed but cannot
   * account for every record it read has failed. Ending it twice is the same as once.
   */
  finish(runId: string, end: RunEnd): Promise<RunReport>;
}

/** Builds the store of run reports. */
export function createRunReportStore(db: Db): RunReportStore {
  return {
    async get(runId) {
      const join = await db.selectFrom('run_joins').selectAll().where('run_id', '=', runId).executeTakeFirst();
      const wanted = join?.joined_run_id ?? runId;
      const row = await db.selectFrom('runs').selectAll().where('run_id', '=', wanted).executeTakeFirst();
      return row && report(db, row);
    },
    list: (connectionId, limit) => list(db, connectionId, limit),
    totals: async (runId) => addTotals(await stagedPhases(db, runId)),
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
  const items: RunReport[] = [];
  for (const row of rows) items.push(await report(db, row));
  return { items, total };
}

async function report(db: Db, row: Selectable<Database['runs']>): Promise<RunReport> {
  const phases = row.status === 'running' ? await stagedPhases(db, row.run_id) : await keptPhases(db, row.run_id);
  const requests = { dynamics: 0, zendesk: 0, entra: 0 };
  const counted = await db.selectFrom('run_requests').selectAll().where('run_id', '=', row.run_id).execute();
  for (const { system, requests: count } of counted) requests[system as keyof typeof requests] = count;
  const notes = await db.selectFrom('run_notes').select(['code', 'message']).where('run_id', '=', row.run_id).execute();
  return {
    notes,
    runId: row.run_id,
    workflowId: row.workflow_id,
    connectionId: row.connection_id,
    status: row.status,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    waitedMs: row.waited_ms,
    totals: addTotals(phases),
    phases,
    requests,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
  };
}

async function keptPhases(db: Db, runId: string): Promise<PhaseReport[]> {
  const rows = await db
    .selectFrom('run_phases')
    .select([
      'legal_entity as legalEntity',
      'kind',
      'read',
      'created',
      'updated',
      'adopted',
      'unchanged',
      'skipped',
      'rejected',
    ])
    .where('run_id', '=', runId)
    .orderBy('legal_entity')
    .orderBy('kind')
    .execute();
  return rows;
}

async function stagedPhases(db: Db, runId: string): Promise<PhaseReport[]> {
  const { rows } = await sql<PhaseReport>`select k.legal_entity as "legalEntity", k.kind, count(s.key) as read,
      count(*) filter (where s.outcome = 'created') as created, count(*) filter (where s.outcome = 'updated') as updated,
      count(*) filter (where s.outcome = 'adopted') as adopted, count(*) filter (where s.outcome = 'unchanged') as unchanged,
      count(*) filter (where s.outcome = 'skipped') as skipped, count(*) filter (where s.outcome = 'rejected') as rejected
    from (select legal_entity, kind from staged_reads where run_id = ${runId}
      union select legal_entity, kind from staged_records where run_id = ${runId}) k
    left join staged_records s on s.run_id = ${runId} and s.legal_entity = k.legal_entity and s.kind = k.kind
    group by 1, 2 order by 1, 2`.execute(db);
  return rows;
}

async function finish(db: Db, runId: string, end: RunEnd): Promise<RunReport> {
  const row = await db.selectFrom('runs').selectAll().where('run_id', '=', runId).forUpdate().executeTakeFirstOrThrow();
  if (row.status !== 'running') return report(db, row);
  const staged = await stagedPhases(db, runId);
  const unaccounted = end.status === 'completed' && !staged.every(isAccountedFor);
  const verdict: RunEnd = unaccounted ? { ...end, status: 'failed', error: UNACCOUNTED } : end;
  const phases = verdict.status === 'completed' ? staged : staged.map(onlyAccounted);
  if (phases.length > 0) {
    const rows = phases.map(({ legalEntity, ...phase }) => ({ run_id: runId, legal_entity: legalEntity, ...phase }));
    await db.insertInto('run_phases').values(rows).execute();
  }
  await clearRun(db, runId);
  const ended = await db
    .updateTable('runs')
    .set({
      status: verdict.status,
      finished_at: sql<Date>`clock_timestamp()`,
      waited_ms: verdict.waitedMs,
      error_code: verdict.error?.code ?? null,
      error_message: verdict.error?.message ?? null,
    })
    .where('run_id', '=', runId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return report(db, ended);
}

const UNACCOUNTED = {
  code: 'unaccounted',
  message:
    'Some records that were read have no outcome. Please report this with the run id; the next run reads them again.',
};

/** A run that ended early reports the records it came to; the others are read again by the next run. */
function onlyAccounted(phase: PhaseReport): PhaseReport {
  const { created, updated, adopted, unchanged, skipped, rejected } = phase;
  return { ...phase, read: created + updated + adopted + unchanged + skipped + rejected };
}
