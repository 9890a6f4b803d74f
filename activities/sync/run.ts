import { hasAnyGo, isCovered, noGo, type NoGo } from '../../domain/connection/go.ts';
import { covers } from '../../domain/sync/run-scope.ts';
import { settingsPending } from '../../domain/connection/settings-pending.ts';
import type { RunHolder } from '../../store/sync/runs.ts';
import type { BegunRun, RunEnding, Steps } from '../../workflows/steps.ts';
import { recordCredentialHealth } from '../operations/credential-health.ts';
import type { StepContext } from '../dependencies.ts';
import { wakeAlertsIfDue } from '../operations/deliver-alert.ts';
import { appliesPlan } from './scope/may-write.ts';

type BeginInput = Parameters<Steps['beginRun']>[0];

/**
 * Takes the connection for a run, unless nothing that the run covers may be written. Ends the run that holds it if the
 * workflow of that run has ended.
 */
export async function beginRun(context: StepContext, asked: BeginInput): Promise<BegunRun> {
  const { store, isRunOver } = context;
  const input = await withGrants(store, asked);
  await store.connections.require(input.connectionId);
  await wakeAlertsIfDue(context, input.connectionId);
  const refused = await withoutGo(store, input);
  if (refused !== undefined) {
    await store.dueRecords.release(input.runId);
    return { state: 'no_go', message: refused.message };
  }
  const begun = await store.runs.begin(input);
  if (begun.begun) {
    await activateApprovedSettings(store, input);
    await notePendingSettings(store, input);
    return { state: 'begun' };
  }
  const { holder } = begun;
  if (await isRunOver(holder)) {
    await store.runs.abandon(holder.runId);
    return beginRun(context, asked);
  }
  return joinOrWait(store, input, holder);
}

/** What a run may accept is in the store. Its input may say more, because anybody can start a workflow by hand. */
async function withGrants({ runGrants }: StepContext['store'], input: BeginInput): Promise<BeginInput> {
  const grants = await runGrants.list(input);
  return { ...input, acceptShrink: grants.has('shrink'), acceptLimits: grants.has('limits') };
}

/** Returns why a run may not write anything, undefined if it may write something. */
async function withoutGo(store: StepContext['store'], input: BeginInput): Promise<NoGo | undefined> {
  const { connectionId, legalEntity, slice, kind } = input;
  if (kind === 'preview' || (await appliesPlan(store, input))) return undefined;
  const gos = await store.gos.list(connectionId);
  const isAllowed = slice === undefined ? hasAnyGo(gos, legalEntity) : isCovered(gos, slice);
  return isAllowed ? undefined : noGo(connectionId, slice?.legalEntity ?? legalEntity);
}

/** Makes the settings active that were approved with the plan of a run. No other run may be under way by then. */
async function activateApprovedSettings(
  { plans, revisions }: StepContext['store'],
  { runId, connectionId }: BeginInput,
): Promise<void> {
  const plan = await plans.appliedBy(runId);
  if (plan !== undefined) await revisions.activate(connectionId, plan.revision);
}

/** Notes on a run that it works with the settings until now, because newer ones wait for approval. */
async function notePendingSettings(store: StepContext['store'], { runId, connectionId }: BeginInput): Promise<void> {
  const pending = await store.revisions.pending(connectionId);
  if (pending !== undefined) await store.runs.addNote(runId, settingsPending(connectionId, pending));
}

/** A run that only makes a plan, or applies one, does not do the work of another. */
async function joinOrWait(store: StepContext['store'], input: BeginInput, holder: RunHolder): Promise<BegunRun> {
  const isPreview = holder.kind === 'preview' || input.kind === 'preview';
  const isApart = isPreview || (await appliesPlan(store, input)) || (await appliesPlan(store, holder));
  if (isApart || !covers(holder.scope, input)) return { state: 'busy', runId: holder.runId };
  await store.runs.join(input.runId, input.connectionId, holder.runId);
  await store.runGrants.withdraw(input.runId);
  return { state: 'joined', runId: holder.runId };
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
  const { status, waitedMs, error, runId, connectionId, planId } = input;
  const { store } = context;
  const report = await store.reports.finish(runId, { status, waitedMs, error, planId });
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
