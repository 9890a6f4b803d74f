import { WorkflowFailedError } from '@temporalio/client';
import { z } from 'zod';
import { NO_TOTALS } from '../../domain/sync/outcome.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import type { StartedRun } from '../../store/sync/started-runs.ts';
import type { Problem, SyncMasterDataResult } from '../../workflows/contract.ts';
import { ApiError } from '../api-error.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';
import { describeWorkflow } from './workflow-of-run.ts';

/** The id of a run: a UUID that the API creates, or otherwise the id of the first execution of its workflow. */
export const runId = z.string().regex(/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/);

/** The longest time from storing a run to starting it in Temporal, in ms. */
const START_LIMIT_MS = 60_000;

/**
 * Returns the run with this id, even if no worker has started it yet. Throws an ApiError with status 404 if there is
 * none.
 */
export async function findRun(deps: AdminDeps, id: string): Promise<RunReport> {
  const { reports, startedRuns } = deps.services.store;
  const isId = runId.safeParse(id).success;
  const report = isId ? await reports.get(id) : undefined;
  if (report) return report;
  const started = isId ? await startedRuns.get(id) : undefined;
  if (!started)
    throw new ApiError(
      404,
      'run_missing',
      `There is no run "${id.slice(0, 60)}". To list the runs of a connection, run: ledgerdesk runs ID`,
    );
  const ending = await endingInTemporal(deps, started);
  // The first step of the run may have written the row in the meantime.
  return (await reports.get(id)) ?? { ...emptyReport(started), ...ending };
}

function emptyReport({ runId: id, workflowId, connectionId, startedAt }: StartedRun): RunReport {
  return {
    runId: id,
    workflowId,
    connectionId,
    status: 'running',
    planId: null,
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

async function endingInTemporal(deps: AdminDeps, started: StartedRun): Promise<Ending | undefined> {
  const { temporal } = deps.services;
  return temporal.withDeadline(TEMPORAL_LIMIT_MS, async () => {
    const description = await describeWorkflow(deps, started);
    if (description === undefined) return isJustStored(started) ? undefined : abandoned(started);
    const { status, closeTime } = description;
    if (status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW') return undefined;
    const isCancelled = status.name === 'CANCELLED' || status.name === 'TERMINATED';
    const handle = temporal.client.workflow.getHandle(started.workflowId, description.runId);
    return {
      status: isCancelled ? 'cancelled' : 'failed',
      finishedAt: (closeTime ?? new Date()).toISOString(),
      error: isCancelled ? null : await failureOf(() => handle.result()),
    };
  });
}

function isJustStored({ startedAt }: StartedRun): boolean {
  return Date.now() - startedAt.getTime() < START_LIMIT_MS;
}

function abandoned({ connectionId }: StartedRun): Ending {
  const message = `The workflow of this run does not exist in Temporal. To start the sync again, run: ledgerdesk sync ${connectionId}`;
  return { status: 'failed', finishedAt: new Date().toISOString(), error: { code: 'abandoned', message } };
}

async function failureOf(result: () => Promise<unknown>): Promise<Problem> {
  try {
    const ended = (await result()) as SyncMasterDataResult | null;
    if (ended !== null && 'code' in ended) return ended;
    return { code: 'failed', message: 'The workflow ended before it started its run.' };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    let cause: unknown = error;
    while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
    return { code: 'failed', message: cause instanceof Error ? cause.message : error.message };
  }
}
