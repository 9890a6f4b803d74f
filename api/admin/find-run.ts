import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { NO_TOTALS } from '../../domain/sync/outcome.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { ApiError } from '../api-error.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';
import type { StartedRun } from './started-runs.ts';

/** The id of a run: the first execution run id of its workflow. */
export const runId = z.string().regex(/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/);

/** The run that a path names, also one that no worker has begun yet; refuses an unknown one with 404. */
export async function findRun(deps: AdminDeps, wanted: string): Promise<RunReport> {
  const { reports } = deps.services.store;
  const report = runId.safeParse(wanted).success ? await reports.get(wanted) : undefined;
  if (report) return report;
  const started = deps.startedRuns.get(wanted);
  if (!started) throw new ApiError(404, 'run_missing', `There is no run "${wanted.slice(0, 60)}".`);
  const ending = await endingWithoutRow(deps, wanted, started);
  // Its first step may have written the row while we asked.
  return (await reports.get(wanted)) ?? { ...blank(wanted, started), ...ending };
}

function blank(id: string, { workflowId, connectionId, startedAt }: StartedRun): RunReport {
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

async function endingWithoutRow(deps: AdminDeps, id: string, started: StartedRun): Promise<Ending | undefined> {
  const { temporal } = deps.services;
  const handle = temporal.client.workflow.getHandle(started.workflowId, id);
  return temporal.withDeadline(TEMPORAL_LIMIT_MS, async () => {
    try {
      const { status, closeTime } = await handle.describe();
      if (status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW') return undefined;
      const isCancelled = status.name === 'CANCELLED' || status.name === 'TERMINATED';
      return {
        status: isCancelled ? 'cancelled' : 'failed',
        finishedAt: (closeTime ?? new Date()).toISOString(),
        error: isCancelled ? null : { code: 'failed', message: await failureOf(() => handle.result()) },
      };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError)
        return { status: 'failed', finishedAt: new Date().toISOString(), error: VANISHED };
      throw error;
    }
  });
}

const VANISHED = { code: 'abandoned', message: 'The workflow of this run is not in Temporal any more.' };

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
