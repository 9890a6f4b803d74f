import type { WorkflowExecutionDescription } from '@temporalio/client';
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { SYSTEM_NAMES, type RemoteSystem } from '../../domain/connection/remote-system.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { unavailableReason } from '../unavailable.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';
import type { Coded } from './responses/list.ts';
import { describeWorkflow } from './workflow-of-run.ts';

/** A run, and the reason why it waits if it is running and does. */
export type RunWithReason = RunReport & { readonly waiting?: Coded };

/** The most child workflows of a run that are looked at. */
const MAX_CHILDREN = 20;
/** A free worker takes a step within milliseconds. */
const TAKEN_WITHIN_MS = 10_000;
/** A workflow task that fails again and again is an error in Ledgerdesk, which Temporal retries without an end. */
const MAX_TASK_ATTEMPTS = 3;

/** Adds to a running run why it waits. Temporal knows the last failure of each step that it retries. */
export async function withReason(deps: AdminDeps, run: RunReport): Promise<RunWithReason> {
  if (run.status !== 'running') return run;
  const waiting = await deps.services.temporal.withDeadline(TEMPORAL_LIMIT_MS, () => reasonOf(deps, run)).catch(absent);
  return waiting === undefined ? run : { ...run, waiting };
}

function absent(error: unknown): Coded {
  const message = unavailableReason(error);
  if (message === undefined) throw error;
  return { code: 'temporal_unavailable', message: 'Temporal does not answer. The run continues when it does.' };
}

async function reasonOf(deps: AdminDeps, run: RunReport): Promise<Coded | undefined> {
  const own = await describeWorkflow(deps, run);
  if (own?.status.name !== 'RUNNING') return ended(run);
  const workflows = [own, ...(await childrenOf(deps, own))];
  const failing = await Promise.all(workflows.map((workflow) => failingStep(deps, workflow)));
  return (
    failing.find((reason) => reason !== undefined) ??
    (await closedGate(deps, run)) ??
    workflows.map(notTaken).find((reason) => reason !== undefined) ??
    (await otherRun(deps, run))
  );
}

/** The end of a workflow is stored a moment before or after Temporal knows it, unless the workflow was terminated. */
function ended({ connectionId, startedAt }: RunReport): Coded | undefined {
  if (Date.now() - Date.parse(startedAt) < TAKEN_WITHIN_MS) return undefined;
  const message = `The workflow of this run has ended without recording it. The next run marks it as ended: ledgerdesk sync ${connectionId}`;
  return { code: 'abandoned', message };
}

function childrenOf(
  { services: { temporal } }: AdminDeps,
  { raw }: WorkflowExecutionDescription,
): Promise<WorkflowExecutionDescription[]> {
  const children = (raw.pendingChildren ?? []).slice(0, MAX_CHILDREN);
  const described = children.map(({ workflowId, runId }) =>
    temporal.client.workflow
      .getHandle(workflowId ?? '', runId ?? undefined)
      .describe()
      .catch(() => undefined),
  );
  return Promise.all(described).then((all) => all.filter((one) => one !== undefined));
}

/** Returns why a step failed the last time, as `activities/failure.ts` has put it. */
async function failingStep(
  { services: { temporal } }: AdminDeps,
  { raw }: WorkflowExecutionDescription,
): Promise<Coded | undefined> {
  const task = raw.pendingWorkflowTask;
  if ((task?.attempt ?? 0) >= MAX_TASK_ATTEMPTS)
    return {
      code: 'internal_error',
      message: `The workflow cannot continue: its task has failed ${task?.attempt} times. Report this with the log of the worker.`,
    };
  const step = (raw.pendingActivities ?? []).find(
    ({ lastFailure }) => lastFailure !== null && lastFailure !== undefined,
  );
  if (step === undefined) return undefined;
  const { loadedDataConverter } = temporal.client.options;
  const failure = await decodeOptionalFailureToOptionalError(loadedDataConverter, step.lastFailure);
  const retried = `Step ${step.activityType?.name ?? 'unknown'}, attempt ${step.attempt ?? 0}.`;
  if (failure instanceof TimeoutFailure) {
    const message = `The worker did not finish the step in time, or it was stopped. Another attempt follows. ${retried}`;
    return { code: 'worker_lost', message };
  }
  const code = failure instanceof ApplicationFailure ? (failure.type ?? 'step_failed') : 'step_failed';
  return { code, message: `${failure?.message ?? 'The step failed.'} ${retried}` };
}

async function closedGate({ services: { store } }: AdminDeps, run: RunReport): Promise<Coded | undefined> {
  const [gate] = await store.gates.closed(run.connectionId);
  if (gate === undefined) return undefined;
  const name = SYSTEM_NAMES[gate.system as RemoteSystem];
  const limit = gate.bucket === 'account' ? '' : ` (${gate.bucket})`;
  const message = `${name} accepts no requests for another ${Math.ceil(gate.waitMs / 1_000)} s, because a rate limit was reached${limit}.`;
  return { code: 'rate_limited', message };
}

/** Returns that no worker has taken a step or a workflow task for some time. */
function notTaken({ raw }: WorkflowExecutionDescription): Coded | undefined {
  const task = raw.pendingWorkflowTask;
  const isTaskOld = (task?.startedTime ?? null) === null && isOld(task?.scheduledTime);
  const isStepOld = (raw.pendingActivities ?? []).some(
    ({ lastStartedTime, scheduledTime }) => (lastStartedTime ?? null) === null && isOld(scheduledTime),
  );
  if (!isTaskOld && !isStepOld) return undefined;
  return {
    code: 'no_worker',
    message: 'No worker has taken the next step. Check that a worker is running and not overloaded.',
  };
}

function isOld(time: { seconds?: unknown } | null | undefined): boolean {
  return time !== null && time !== undefined && Date.now() - Number(time.seconds) * 1_000 > TAKEN_WITHIN_MS;
}

/** A connection has one master run at a time. One that waits has no phase yet. */
async function otherRun({ services: { store } }: AdminDeps, run: RunReport): Promise<Coded | undefined> {
  const others = await store.runs.listRunning(run.connectionId);
  if (others.some(({ runId }) => runId === run.runId)) return undefined;
  const [other] = others;
  return other && { code: 'waiting_for_run', message: `Run ${other.runId} of this connection ends first.` };
}
