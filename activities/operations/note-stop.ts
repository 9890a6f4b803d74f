import type { ApplicationFailure } from '@temporalio/common';
import { isOfCredentials } from '../../domain/operations/health.ts';
import type { ConnectionRef } from '../../workflows/steps.ts';
import { judgeCredentials } from '../connection/credentials.ts';
import type { StepContext } from '../dependencies.ts';
import { wakeOperatorIfDue } from './deliver-alert.ts';

/** What is done when a step fails for good, before its workflow learns of it. */
export type NoteStop = (context: StepContext, input: ConnectionRef, failure: ApplicationFailure) => Promise<void>;

/** Rejected credentials are noted by whichever step meets them, also outside a run: schedules need not fail first. */
export const noteRejection: NoteStop = async (context, { connectionId }, { type, message }) => {
  if (type !== 'needs_reconnect') return;
  await judgeCredentials(context, connectionId, message);
  await wakeOperatorIfDue(context, connectionId);
};

/** The same of a step that reads support back, and that support does not work now. */
export const noteSupportStop: NoteStop = async (context, input, failure) => {
  await noteRejection(context, input, failure);
  const { type, message } = failure;
  if (type === undefined || type === null || isOfCredentials(type)) return;
  const { connectionId } = input;
  await context.store.troubles.note({ connectionId, subject: 'support', problem: { code: type, message } });
  await wakeOperatorIfDue(context, connectionId);
};
