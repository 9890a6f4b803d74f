import { Context } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import type { RemoteSystem } from '../clients/errors.ts';
import type { ConnectionRef, HousekeepingSteps, RunRef, Steps } from '../workflows/steps.ts';
import { endWait } from './connection/end-wait.ts';
import { pingSystem } from './connection/ping/ping-system.ts';
import { wireZendesk } from './connection/wire-zendesk.ts';
import type { ActivityDependencies, StepContext } from './dependencies.ts';
import { endEvent } from './events/end-event.ts';
import { takeDueRecords } from './events/take-due-records.ts';
import { toFailure } from './failure.ts';
import { deliverAlert } from './operations/deliver-alert.ts';
import {
  recordCredentialFailure,
  recordSupportFailure,
  recordSupportStepFailure,
  recordSyncFailure,
  type RecordFailure,
} from './operations/record-failure.ts';
import { confirmRefusal } from './operations/confirm-refusal.ts';
import { probeCredentials } from './operations/probe-credentials.ts';
import { sweep } from './operations/sweep.ts';
import { createRequestObserver, watched } from './request-observer.ts';
import { makePlan } from './review/make-plan.ts';
import { annotateChanged } from './support/annotate-changed.ts';
import { annotate } from './support/annotate.ts';
import { endEventIfRead, readBack } from './support/read-back.ts';
import { readTicketChanges, readUserChanges } from './support/read-support-changes.ts';
import { clarifyJobs } from './sync/jobs/clarify-jobs.ts';
import { completeRecords } from './sync/complete-records.ts';
import { findLegalEntities } from './sync/scope/find-legal-entities.ts';
import { planAgain, planChanges } from './sync/plan-changes.ts';
import { pollJobs } from './sync/jobs/poll-jobs.ts';
import { compareWithZendesk, rankRecords, readZendeskChanges, reserveRecords } from './sync/prepare-target.ts';
import { readAgain, stageRecord } from './sync/read-again.ts';
import { acceptReading, discardReading, readRecordsPage } from './sync/reading/read-records.ts';
import { recordJobs } from './sync/jobs/record-jobs.ts';
import { resolveRefusals } from './sync/resolve-refusals.ts';
import { beginRun, countOutcomes, finishRun } from './sync/run.ts';
import { submitJobs } from './sync/jobs/submit-jobs.ts';
import { takeOverClaims } from './sync/take-over-claims.ts';

/** The answer to a heartbeat tells an activity that it is cancelled, so cancelled work ends within about a second. */
const HEARTBEAT_MS = 750;

/**
 * Creates the activities of a worker. Each sends heartbeats while it works, so that a lost worker is noticed within
 * seconds. Its errors become failures of `failure.ts`.
 */
export function createActivities(dependencies: ActivityDependencies): Steps & HousekeepingSteps {
  type Step<Input, Result> = (context: StepContext, input: Input) => Promise<Result>;
  const step =
    <Input extends ConnectionRef & Partial<RunRef>, Result>(
      work: Step<Input, Result>,
      recordFailure = recordSyncFailure,
    ) =>
    (input: Input): Promise<Result> => {
      const context = contextOf(dependencies, input);
      return withHeartbeat(
        () => work(context, input),
        (error) => failureOf(error, { context, input, recordFailure }),
      );
    };
  return {
    beginRun: step(beginRun),
    findLegalEntities: step(findLegalEntities),
    readRecordsPage: step(readRecordsPage),
    acceptReading: step(acceptReading),
    discardReading: step(discardReading),
    readZendeskChanges: step(readZendeskChanges),
    compareWithZendesk: step(compareWithZendesk),
    rankRecords: step(rankRecords),
    reserveRecords: step(reserveRecords),
    takeOverClaims: step(takeOverClaims),
    planChanges: step(planChanges),
    planAgain: step(planAgain),
    submitJobs: step(submitJobs),
    clarifyJobs: step(clarifyJobs),
    pollJobs: step(pollJobs),
    recordJobs: step(recordJobs),
    completeRecords: step(completeRecords),
    resolveRefusals: step(resolveRefusals),
    readAgain: step(readAgain),
    stageRecord: step(stageRecord),
    readBack: step(readBack, recordSupportStepFailure),
    endEventIfRead: step(endEventIfRead, recordSupportStepFailure),
    takeDueRecords: step(takeDueRecords),
    endEvent: step(endEvent),
    annotate: step(annotate, recordSupportStepFailure),
    readTicketChanges: step(readTicketChanges, recordSupportFailure),
    readUserChanges: step(readUserChanges, recordSupportFailure),
    annotateChanged: step(annotateChanged, recordSupportFailure),
    wireZendesk: step(wireZendesk, recordCredentialFailure),
    pingSystem: step(pingSystem, recordCredentialFailure),
    endWait: step(endWait, recordCredentialFailure),
    deliverAlert: step(deliverAlert, recordCredentialFailure),
    probeCredentials: step(probeCredentials, recordCredentialFailure),
    makePlan: step(makePlan),
    countOutcomes: step(countOutcomes),
    finishRun: step(finishRun),
    sweep: (input) =>
      withHeartbeat(
        () => sweep(dependencies, input),
        (error) => Promise.resolve(toFailure(error, { attempt: attemptOf(), step: stepOf(), reached: () => true })),
      ),
  };
}

function contextOf(
  dependencies: ActivityDependencies,
  { connectionId, runId }: ConnectionRef & Partial<RunRef>,
): StepContext {
  const signal = Context.current().cancellationSignal;
  return {
    ...dependencies,
    attempt: attemptOf(),
    remote: (work, watch) => {
      const seen = { share: 0 };
      const observer = createRequestObserver(dependencies, { connectionId, runId, share: () => seen.share });
      const observed = watch === undefined ? observer : watched(observer, watch);
      return dependencies.withRemoteSystems(connectionId, { observer: observed, signal }, (systems) => {
        seen.share = systems.connection.settings.zendesk.share;
        return work(systems);
      });
    },
  };
}

const attemptOf = (): number => Context.current().info.attempt;
const stepOf = (): string => Context.current().info.activityType;

/** Runs a step with heartbeats. A step that fails after it was cancelled ends as cancelled. */
async function withHeartbeat<Result>(
  work: () => Promise<Result>,
  toThrow: (error: unknown) => Promise<ApplicationFailure>,
): Promise<Result> {
  const { heartbeat, cancellationSignal } = Context.current();
  const beat = setInterval(() => heartbeat(), HEARTBEAT_MS);
  try {
    return await work();
  } catch (error) {
    cancellationSignal.throwIfAborted();
    throw await toThrow(error);
  } finally {
    clearInterval(beat);
  }
}

/** Returns the failure of a step. Records a non-retryable failure first. If that fails, the step is retried instead. */
async function failureOf(
  error: unknown,
  failed: { context: StepContext; input: ConnectionRef; recordFailure: RecordFailure },
): Promise<ApplicationFailure> {
  const { context, input, recordFailure } = failed;
  const reached = await context.store.connections.get(input.connectionId).then(
    (connection) => connection?.reached,
    () => undefined,
  );
  const at = { attempt: context.attempt, step: stepOf(), reached: (system: RemoteSystem) => reached?.[system] ?? true };
  const failure = await confirmRefusal(context.store, input.connectionId, error).then(
    (refusal) => toFailure(error, { ...at, refusal }),
    (notRecorded: unknown) => toFailure(notRecorded, at),
  );
  if (failure.nonRetryable !== true || failure.type === 'RateLimited') return failure;
  return recordFailure(context, input, failure).then(
    () => failure,
    (notRecorded: unknown) => toFailure(notRecorded, at),
  );
}
