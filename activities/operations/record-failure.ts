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
export const recordSyncFailure = recorderOf('sync', isInternal);

/** Records rejected credentials, and an internal error as a health problem of the support load. */
export const recordSupportStepFailure = recorderOf('support', isInternal);

/** Records rejected credentials, and any other failure of a step of the support load as a health problem. */
export const recordSupportFailure = recorderOf('support', (code) => !isCredentialCode(code));

function isInternal(code: string): boolean {
  return code === 'internal_error';
}

/** Returns a function that records rejected credentials, and failures with these codes as health problems. */
function recorderOf(subject: HealthSubject, isProblem: (code: string) => boolean): RecordFailure {
  return async (context, input, failure) => {
    await recordCredentialFailure(context, input, failure);
    const { type: code, message } = failure;
    if (code === undefined || code === null || !isProblem(code)) return;
    const { connectionId } = input;
    await context.store.health.record({ connectionId, subject, problem: { code, message } });
    await wakeAlertsIfDue(context, connectionId);
  };
}
