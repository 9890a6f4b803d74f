import { randomBytes } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { startOptions, type ConnectionInput } from '../../workflows/start-options.ts';
import { ApiError } from '../api-error.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';

/** A short workflow that a caller waits for. `idOf` returns its id for a random suffix. */
export interface ShortWorkflow {
  readonly type: string;
  readonly idOf: (suffix: string) => string;
  readonly input: ConnectionInput;
  readonly summary: string;
}

/** A workflow that waits longer than this, for a remote system, is reported as still running. */
const WAIT_MS = 60_000;

/** Runs a short workflow and returns its result. Throws an ApiError with the message of the failure. */
export async function runWorkflow<Result>(
  { services: { temporal } }: AdminDeps,
  workflow: ShortWorkflow,
): Promise<Result> {
  const { type, input, summary } = workflow;
  const workflowId = workflow.idOf(randomBytes(4).toString('hex'));
  const handle = await temporal.withDeadline(TEMPORAL_LIMIT_MS, () =>
    temporal.client.workflow.start(type, startOptions({ workflowId, input, summary })),
  );
  const deadline = Date.now() + WAIT_MS;
  try {
    return (await temporal.withDeadline(WAIT_MS, () => handle.result())) as Result;
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw new ApiError(502, 'workflow_failed', rootMessage(error));
    if (Date.now() < deadline) throw error;
    throw new ApiError(
      504,
      'still_running',
      `The workflow did not end within a minute and continues. To see why, open workflow ${workflowId} in the Temporal Web UI.`,
    );
  }
}

/** Returns the message of the first failure, which says what the operator must do. */
function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}
