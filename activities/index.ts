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
import { acceptReading, discardReading, readRecordsPage } from './sync/read-records.ts';
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
      name: string,
      work: Step<Input, Result>,
      recordFailure = recordSyncFailure,
    ) =>
    (input: Input): Promise<Result> => {
      const context = contextOf(dependencies, input);
      return withHeartbeat(
        () => work(context, input),
        (error) => failureOf(error, { context, input, recordFailure, step: name }),
      );
    };
  return {
    beginRun: step('beginRun', beginRun),
    findLegalEntities: step('findLegalEntities', findLegalEntities),
    readRecordsPage: step('readRecordsPage', readRecordsPage),
    acceptReading: step('acceptReading', acceptReading),
    discardReading: step('discardReading', discardReading),
    readZendeskChanges: step('readZendeskChanges', readZendeskChanges),
    compareWithZendesk: step('compareWithZendesk', compareWithZendesk),
    rankRecords: step('rankRecords', rankRecords),
    reserveRecords: step('reserveRecords', reserveRecords),
    takeOverClaims: step('takeOverClaims', takeOverClaims),
    planChanges: step('planChanges', planChanges),
    planAgain: step('planAgain', planAgain),
    submitJobs: step('submitJobs', submitJobs),
    clarifyJobs: step('clarifyJobs', clarifyJobs),
    pollJobs: step('pollJobs', pollJobs),
    recordJobs: step('recordJobs', recordJobs),
    completeRecords: step('completeRecords', completeRecords),
    resolveRefusals: step('resolveRefusals', resolveRefusals),
    readAgain: step('readAgain', readAgain),
    stageRecord: step('stageRecord', stageRecord),
    readBack: step('readBack', readBack, recordSupportStepFailure),
    endEventIfRead: step('endEventIfRead', endEventIfRead, recordSupportStepFailure),
    takeDueRecords: step('takeDueRecords', takeDueRecords),
    endEvent: step('endEvent', endEvent),
    annotate: step('annotate', annotate, recordSupportStepFailure),
    readTicketChanges: step('readTicketChanges', readTicketChanges, recordSupportFailure),
    readUserChanges: step('readUserChanges', readUserChanges, recordSupportFailure),
    annotateChanged: step('annotateChanged', annotateChanged, recordSupportFailure),
    wireZendesk: step('wireZendesk', wireZendesk, recordCredentialFailure),
    pingSystem: step('pingSystem', pingSystem, recordCredentialFailure),
    endWait: step('endWait', endWait, recordCredentialFailure),
    deliverAlert: step('deliverAlert', deliverAlert, recordCredentialFailure),
    probeCredentials: step('probeCredentials', probeCredentials, recordCredentialFailure),
    countOutcomes: step('countOutcomes', countOutcomes),
    finishRun: step('finishRun', finishRun),
    sweep: (input) =>
      withHeartbeat(
        () => sweep(dependencies, input),
        (error) => Promise.resolve(toFailure(error, { attempt: attemptOf(), step: 'sweep', reached: () => true })),
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
  failed: { context: StepContext; input: ConnectionRef; recordFailure: RecordFailure; step: string },
): Promise<ApplicationFailure> {
  const { context, input, recordFailure, step } = failed;
  const reached = await context.store.connections.get(input.connectionId).then(
    (connection) => connection?.reached,
    () => undefined,
  );
  const at = { attempt: context.attempt, step, reached: (system: RemoteSystem) => reached?.[system] ?? true };
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
