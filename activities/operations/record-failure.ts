import type { ApplicationFailure } from '@temporalio/common';
import { isCredentialCode, type HealthSubject } from '../../domain/operations/health.ts';
import type { ConnectionRef } from '../../workflows/steps.ts';
import { recordCredentialHealth } from './credential-health.ts';
import type { StepContext } from '../dependencies.ts';
import { wakeAlertsIfDue } from './deliver-alert.ts';

/** A function that records the final failure of a step before its workflow gets it. */
export type RecordFailure = (context: StepContext, input: ConnectionRef, failure: ApplicationFailure) => Promise<void>;

/** Records rejected credentials, also outside a run, so that schedules are paused before they fail. */
export const recordCredentialFailure: RecordFailure = async (context, { connectionId }, { type, message }) => {
  if (type !== 'needs_reconnect') return;
  await recordCredentialHealth(context, connectionId, message);
  await wakeAlertsIfDue(context, connectionId);
};

/** Records rejected credentials, and an internal error as a health problem of the sync. */
export const recordSyncFailure: RecordFailure = (context, input, failure) =>
  recordInternalError(context, { input, failure, subject: 'sync' });

/** Records rejected credentials, and an internal error as a health problem of the support load. */
export const recordSupportStepFailure: RecordFailure = (context, input, failure) =>
  recordInternalError(context, { input, failure, subject: 'support' });

async function recordInternalError(
  context: StepContext,
  at: { input: ConnectionRef; failure: ApplicationFailure; subject: HealthSubject },
): Promise<void> {
  const { input, failure, subject } = at;
  await recordCredentialFailure(context, input, failure);
  if (failure.type !== 'internal_error') return;
  const { connectionId } = input;
  const problem = { code: failure.type, message: failure.message };
  await context.store.health.record({ connectionId, subject, problem });
  await wakeAlertsIfDue(context, connectionId);
}

/** Records rejected credentials, and any other failure of a step of the support load as a health problem. */
export const recordSupportFailure: RecordFailure = async (context, input, failure) => {
  await recordCredentialFailure(context, input, failure);
  const { type, message } = failure;
  if (type === undefined || type === null || isCredentialCode(type)) return;
  const { connectionId } = input;
  await context.store.health.record({ connectionId, subject: 'support', problem: { code: type, message } });
  await wakeAlertsIfDue(context, connectionId);
};
