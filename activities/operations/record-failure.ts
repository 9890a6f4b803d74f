import type { ApplicationFailure } from '@temporalio/common';
import { isCredentialCode } from '../../domain/operations/health.ts';
import type { ConnectionRef } from '../../workflows/steps.ts';
import { recordCredentialHealth } from './credential-health.ts';
import type { StepContext } from '../dependencies.ts';
import { wakeAlertsIfDue } from './deliver-alert.ts';

/** Records on the connection that a step has failed for good, before its workflow learns of it. */
export type RecordFailure = (context: StepContext, input: ConnectionRef, failure: ApplicationFailure) => Promise<void>;

/** Records rejected credentials, whichever step meets them, also outside a run: schedules need not fail first. */
export const recordCredentialFailure: RecordFailure = async (context, { connectionId }, { type, message }) => {
  if (type !== 'needs_reconnect') return;
  await recordCredentialHealth(context, connectionId, message);
  await wakeAlertsIfDue(context, connectionId);
};

/** Records rejected credentials, and any other failure of a step that reads support back: support does not work now. */
export const recordSupportFailure: RecordFailure = async (context, input, failure) => {
  await recordCredentialFailure(context, input, failure);
  const { type, message } = failure;
  if (type === undefined || type === null || isCredentialCode(type)) return;
  const { connectionId } = input;
  await context.store.health.record({ connectionId, subject: 'support', problem: { code: type, message } });
  await wakeAlertsIfDue(context, connectionId);
};
