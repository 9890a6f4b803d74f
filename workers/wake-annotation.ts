import type { Client } from '@temporalio/client';
import { EVENT_PRIORITY, WORKFLOW_TYPES, type AnnotateAccountInput } from '../workflows/contract.ts';
import { annotationId } from '../workflows/ids.ts';
import { wakeWorkflow } from './wake-workflow.ts';

/**
 * Signals the annotation workflow of an account that its tickets have changed, or starts it after `delayMs`
 * milliseconds.
 */
export async function wakeAnnotation(client: Client, input: AnnotateAccountInput, delayMs: number): Promise<void> {
  const { connectionId, legalEntity, kind, accountNumber } = input;
  await wakeWorkflow(client, {
    type: WORKFLOW_TYPES.annotateAccount,
    workflowId: annotationId(connectionId, { legalEntity, kind, key: accountNumber }),
    input,
    summary: `Annotate ${kind} ${accountNumber} of ${legalEntity} in Dynamics 365`,
    priorityKey: EVENT_PRIORITY,
    startDelay: delayMs,
  });
}
