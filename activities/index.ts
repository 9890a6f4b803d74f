import { Context } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import type { FarSystem } from '../clients/errors.ts';
import type { ConnectionRef, HousekeepingSteps, RunRef, Steps } from '../workflows/steps.ts';
import { clarifyJobs } from './sync/clarify-jobs.ts';
import { compareUsers } from './contacts/compare-users.ts';
import { completeRecords } from './sync/complete-records.ts';
import type { ActivityDependencies, StepContext } from './dependencies.ts';
import { annotateChanged } from './support/annotate-changed.ts';
import { annotate } from './support/annotate.ts';
import { endEvent } from './events/end-event.ts';
import { endWait } from './connection/end-wait.ts';
import { toFailure } from './failure.ts';
import { noteRejection, noteSupportStop, type NoteStop } from './operations/note-stop.ts';
import { planChanges } from './sync/plan-changes.ts';
import { pollJobs } from './sync/poll-jobs.ts';
import { findLegalEntities, prepareZendesk } from './sync/prepare.ts';
import { endEventIfRead, readBack } from './support/read-back.ts';
import { acceptReading, discardReading, readRecordsPage } from './sync/read-records.ts';
import { readAgain, stageRecord } from './sync/read-again.ts';
import { compareOrganizations, readOrganizationChanges } from './accounts/read-organizations.ts';
import { readTicketChanges, readUserChanges } from './support/read-support-changes.ts';
import { recordJobs } from './sync/record-jobs.ts';
import { createRequestObserver, watched } from './request-observer.ts';
import { pingSystem } from './connection/ping/ping-system.ts';
import { resolveRefusals } from './sync/resolve-refusals.ts';
import { beginRun, countOutcomes, finishRun } from './sync/run.ts';
import { rankContacts, settleContacts } from './contacts/reserve-contacts.ts';
import { rankAccounts, settleReservations } from './accounts/reserve-accounts.ts';
import { submitJobs } from './sync/submit-jobs.ts';
import { sweep } from './operations/sweep.ts';
import { takeDueRecords } from './events/take-due-records.ts';
import { takeOverClaims } from './sync/take-over-claims.ts';
import { tellOperator } from './operations/deliver-alert.ts';
import { wireZendesk } from './connection/wire-zendesk.ts';

const HEARTBEAT_MS = 2_000;

/**
 * Builds the steps that a worker runs. Each beats while it works, so that a lost worker is noticed within seconds, and
 * whatever it throws becomes one of the failures of `failure.ts`.
 */
export function createActivities(dependencies: ActivityDependencies): Steps & HousekeepingSteps {
  type Step<Input, Result> = (context: StepContext, input: Input) => Promise<Result>;
  const step =
    <Input extends ConnectionRef & Partial<RunRef>, Result>(work: Step<Input, Result>, noteStop = noteRejection) =>
    (input: Input): Promise<Result> => {
      const context = contextOf(dependencies, input);
      return withHeartbeat(
        () => work(context, input),
        (error) => failureOf(error, { context, input, noteStop }),
      );
    };
  return {
    beginRun: step(beginRun),
    prepareZendesk: step(prepareZendesk),
    findLegalEntities: step(findLegalEntities),
    readRecordsPage: step(readRecordsPage),
    acceptReading: step(acceptReading),
    discardReading: step(discardReading),
    readOrganizationChanges: step(readOrganizationChanges),
    compareOrganizations: step(compareOrganizations),
    rankAccounts: step(rankAccounts),
    settleReservations: step(settleReservations),
    compareUsers: step(compareUsers),
    rankContacts: step(rankContacts),
    settleContacts: step(settleContacts),
    takeOverClaims: step(takeOverClaims),
    planChanges: step(planChanges),
    submitJobs: step(submitJobs),
    clarifyJobs: step(clarifyJobs),
    pollJobs: step(pollJobs),
    recordJobs: step(recordJobs),
    completeRecords: step(completeRecords),
    resolveRefusals: step(resolveRefusals),
    readAgain: step(readAgain),
    stageRecord: step(stageRecord),
    readBack: step(readBack),
    endEventIfRead: step(endEventIfRead),
    takeDueRecords: step(takeDueRecords),
    endEvent: step(endEvent),
    annotate: step(annotate),
    readTicketChanges: step(readTicketChanges, noteSupportStop),
    readUserChanges: step(readUserChanges, noteSupportStop),
    annotateChanged: step(annotateChanged, noteSupportStop),
    wireZendesk: step(wireZendesk),
    pingSystem: step(pingSystem),
    endWait: step(endWait),
    tellOperator: step(tellOperator),
    countOutcomes: step(countOutcomes),
    finishRun: step(finishRun),
    sweep: (input) =>
      withHeartbeat(
        () => sweep(dependencies, input),
        (error) => Promise.resolve(toFailure(error, { attempt: attemptOf(), reached: () => true })),
      ),
  };
}

function contextOf(
  { withFarSystems, ...dependencies }: ActivityDependencies,
  { connectionId, runId }: ConnectionRef & Partial<RunRef>,
): StepContext {
  return {
    ...dependencies,
    attempt: attemptOf(),
    far: (work, watch) => {
      const seen = { share: 0 };
      const observer = createRequestObserver(dependencies, { connectionId, runId, share: () => seen.share });
      const eyes = watch === undefined ? observer : watched(observer, watch);
      return withFarSystems(connectionId, eyes, (systems) => {
        seen.share = systems.connection.settings.zendesk.share;
        return work(systems);
      });
    },
  };
}

const attemptOf = (): number => Context.current().info.attempt;

async function withHeartbeat<Result>(
  work: () => Promise<Result>,
  toThrow: (error: unknown) => Promise<ApplicationFailure>,
): Promise<Result> {
  const { heartbeat } = Context.current();
  const beat = setInterval(() => heartbeat(), HEARTBEAT_MS);
  try {
    return await work();
  } catch (error) {
    throw await toThrow(error);
  } finally {
    clearInterval(beat);
  }
}

/** The failure of a step. One that ends the work is noted first; where that fails, the step is tried again instead. */
async function failureOf(
  error: unknown,
  { context, input, noteStop }: { context: StepContext; input: ConnectionRef; noteStop: NoteStop },
): Promise<ApplicationFailure> {
  const reached = await context.store.connections.get(input.connectionId).then(
    (connection) => connection?.reached,
    () => undefined,
  );
  const at = { attempt: context.attempt, reached: (system: FarSystem) => reached?.[system] ?? true };
  const failure = toFailure(error, at);
  if (failure.nonRetryable !== true || failure.type === 'RateLimited') return failure;
  return noteStop(context, input, failure).then(
    () => failure,
    (notNoted: unknown) => toFailure(notNoted, at),
  );
}
