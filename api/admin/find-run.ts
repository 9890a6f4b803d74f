import { WorkflowFailedError } from '@temporalio/client';
import { z } from 'zod';
import { NO_TOTALS } from '../../domain/sync/outcome.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import type { StartedRun } from '../../store/sync/started-runs.ts';
import { ApiError } from '../api-error.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';
import { describeWorkflow } from './workflow-of-run.ts';

/** The id of a run: a UUID, which the API makes, or else the first execution's id of its workflow. */
export const runId = z.string().regex(/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/);

/** How long a run may take from being stored to being started in Temporal, in ms. */
const START_LIMIT_MS = 60_000;

/** Finds the run that a path names, also one that no worker has begun yet. Refuses an unknown one with 404. */
export async function findRun(deps: AdminDeps, wanted: string): Promise<RunReport> {
  const { reports, startedRuns } = deps.services.store;
  const isId = runId.safeParse(wanted).success;
  const report = isId ? await reports.get(wanted) : undefined;
  if (report) return report;
  const started = isId ? await startedRuns.get(wanted) : undefined;
  if (!started) throw new ApiError(404, 'run_missing', `There is no run "${wanted.slice(0, 60)}".`);
  const ending = await endingWithoutRow(deps, started);
  // Its first step may have written the row meanwhile.
  return (await reports.get(wanted)) ?? { ...blank(started), ...ending };
}

function blank({ runId: id, workflowId, connectionId, startedAt }: StartedRun): RunReport {
  return {
    runId: id,
    workflowId,
    connectionId,
    status: 'running',
    startedAt: startedAt.toISOString(),
    finishedAt: null,
    waitedMs: 0,
    totals: NO_TOTALS,
    phases: [],
    requests: { dynamics: 0, zendesk: 0, entra: 0 },
    error: null,
    notes: [],
  };
}

type Ending = Pick<RunReport, 'status' | 'finishedAt' | 'error'>;

async function endingWithoutRow(deps: AdminDeps, started: StartedRun): Promise<Ending | undefined> {
  const { temporal } = deps.services;
  return temporal.withDeadline(TEMPORAL_LIMIT_MS, async () => {
    const description = await describeWorkflow(deps, started);
    if (description === undefined) return isJustStored(started) ? undefined : abandoned();
    const { status, closeTime } = description;
    if (status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW') return undefined;
    const isCancelled = status.name === 'CANCELLED' || status.name === 'TERMINATED';
    const handle = temporal.client.workflow.getHandle(started.workflowId, description.runId);
    return {
      status: isCancelled ? 'cancelled' : 'failed',
      finishedAt: (closeTime ?? new Date()).toISOString(),
      error: isCancelled ? null : { code: 'failed', message: await failureOf(() => handle.result()) },
    };
  });
}

function isJustStored({ startedAt }: StartedRun): boolean {
  return Date.now() - startedAt.getTime() < START_LIMIT_MS;
}

function abandoned(): Ending {
  const message = 'The workflow of this run is not in Temporal. Start the sync again.';
  return { status: 'failed', finishedAt: new Date().toISOString(), error: { code: 'abandoned', message } };
}

async function failureOf(result: () => Promise<unknown>): Promise<string> {
  try {
    await result();
    return 'The workflow ended without having begun its run.';
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    let cause: unknown = error;
    while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
    return cause instanceof Error ? cause.message : error.message;
  }
}
