import { covers } from '../../domain/sync/run-scope.ts';
import type { RunHolder } from '../../store/sync/runs.ts';
import type { BegunRun, RunEnding, Steps } from '../../workflows/steps.ts';
import { recordCredentialHealth } from '../operations/credential-health.ts';
import type { StepContext } from '../dependencies.ts';
import { wakeAlertsIfDue } from '../operations/deliver-alert.ts';

type BeginInput = Parameters<Steps['beginRun']>[0];

/** Takes the connection for a run. Ends the run that holds it if the workflow of that run has ended. */
export async function beginRun(context: StepContext, input: BeginInput): Promise<BegunRun> {
  const { store, isRunOver } = context;
  await store.connections.require(input.connectionId);
  await wakeAlertsIfDue(context, input.connectionId);
  const begun = await store.runs.begin(input);
  if (begun.begun) return { state: 'begun' };
  const { holder } = begun;
  if (await isRunOver(holder)) {
    await store.runs.abandon(holder.runId);
    return beginRun(context, input);
  }
  return joinOrWait(store, input, holder);
}

async function joinOrWait(store: StepContext['store'], input: BeginInput, holder: RunHolder): Promise<BegunRun> {
  const isApart = [holder.kind, input.kind].includes('preview') || (await appliesPlan(store, input, holder));
  if (isApart || !covers(holder.scope, input)) return { state: 'busy', runId: holder.runId };
  await store.runs.join(input.runId, input.connectionId, holder.runId);
  return { state: 'joined', runId: holder.runId };
}

/** Returns whether one of two runs writes only what was approved, so that it does not do the work of the other. */
async function appliesPlan({ plans }: StepContext['store'], ...runs: { runId: string }[]): Promise<boolean> {
  for (const { runId } of runs) if ((await plans.appliedBy(runId)) !== undefined) return true;
  return false;
}

/** Returns the current totals of a run. */
export function countOutcomes(
  { store }: StepContext,
  input: Parameters<Steps['countOutcomes']>[0],
): ReturnType<Steps['countOutcomes']> {
  return store.reports.totals(input.runId);
}

/**
 * Ends a run. Records on the connection if its credentials were rejected or work again, which also pauses or resumes
 * its schedules. Starts the delivery of new alerts.
 */
export async function finishRun(context: StepContext, input: RunEnding): ReturnType<Steps['finishRun']> {
  const { status, waitedMs, error, runId, connectionId } = input;
  const { store } = context;
  const report = await store.reports.finish(runId, { status, waitedMs, error });
  await (report.status === 'completed' ? store.dueRecords.done(runId) : store.dueRecords.release(runId));
  if (error?.code === 'needs_reconnect') await recordCredentialHealth(context, connectionId, error.message);
  else if (report.status === 'completed' && (await provesCredentials(store, input)))
    await recordCredentialHealth(context, connectionId, null);
  await wakeAlertsIfDue(context, connectionId);
  return { totals: report.totals, error: report.error };
}

/**
 * Returns whether a run proves that rejected credentials work again. A master run uses both systems, a resync perhaps
 * only one.
 */
async function provesCredentials(store: StepContext['store'], { runId, connectionId }: RunEnding): Promise<boolean> {
  const connection = await store.connections.get(connectionId);
  return connection?.state === 'needs_reconnect' && (await store.runs.get(runId))?.scope === 'master';
}
