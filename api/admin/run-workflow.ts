import { randomBytes } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { TASK_QUEUE, priorityOf } from '../../workflows/contract.ts';
import { searchAttributesOf } from '../../workflows/search-attributes.ts';
import { ApiError } from '../api-error.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';

/** A short workflow that a caller waits for. `idOf` makes its id of a random suffix. */
export interface ShortWorkflow {
  readonly type: string;
  readonly idOf: (suffix: string) => string;
  readonly connectionId: string;
  readonly input: object;
  readonly summary: string;
}

/** These take a few requests; one that waits for a far system longer than this is told to be under way. */
const WAIT_MS = 60_000;

/** Runs a short workflow and answers its result; what it failed with is told as its sentence. */
export async function runWorkflow<Result>(
  { services: { temporal } }: AdminDeps,
  wanted: ShortWorkflow,
): Promise<Result> {
  const workflowId = wanted.idOf(randomBytes(4).toString('hex'));
  const handle = await temporal.withDeadline(TEMPORAL_LIMIT_MS, () =>
    temporal.client.workflow.start(wanted.type, {
      taskQueue: TASK_QUEUE,
      workflowId,
      args: [wanted.input],
      staticSummary: wanted.summary,
      typedSearchAttributes: searchAttributesOf(wanted.connectionId),
      priority: priorityOf(wanted.connectionId),
    }),
  );
  const deadline = Date.now() + WAIT_MS;
  try {
    return (await temporal.withDeadline(WAIT_MS, () => handle.result())) as Result;
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw new ApiError(502, 'workflow_failed', rootMessage(error));
    if (Date.now() < deadline) throw error;
    throw new ApiError(504, 'still_running', `It has not ended within a minute. Temporal shows why: ${workflowId}.`);
  }
}

/** The sentence of the failure that began it, which says what a person must do. */
function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}
