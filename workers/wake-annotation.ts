import type { Client } from '@temporalio/client';
import { CHANGED_SIGNAL, TASK_QUEUE, WORKFLOW_TYPES, type AnnotateAccountInput } from '../workflows/contract.ts';
import { annotationId } from '../workflows/ids.ts';
import { searchAttributesOf } from '../workflows/search-attributes.ts';

/** Tells the annotation of an account that its tickets have changed; a workflow cannot signal-with-start, so a step does. */
export async function wakeAnnotation(client: Client, input: AnnotateAccountInput): Promise<void> {
  const { connectionId, legalEntity, kind, accountNumber } = input;
  await client.workflow.signalWithStart(WORKFLOW_TYPES.annotateAccount, {
    taskQueue: TASK_QUEUE,
    workflowId: annotationId(connectionId, { legalEntity, kind, key: accountNumber }),
    args: [input],
    signal: CHANGED_SIGNAL,
    staticSummary: `Annotate ${kind} ${accountNumber} of ${legalEntity} in Dynamics 365`,
    typedSearchAttributes: searchAttributesOf(connectionId, legalEntity),
    priority: { fairnessKey: connectionId.slice(0, 64) },
  });
}
