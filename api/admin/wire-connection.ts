import { randomBytes } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import type { RequestHandler } from 'express';
import {
  TASK_QUEUE,
  WORKFLOW_TYPES,
  type WireConnectionInput,
  type WireConnectionResult,
} from '../../workflows/contract.ts';
import { wireId } from '../../workflows/ids.ts';
import { searchAttributesOf } from '../../workflows/search-attributes.ts';
import { ApiError } from '../api-error.ts';
import type { AdminDeps } from './admin-deps.ts';
import { findConnection } from './find-connection.ts';
import { requireAuthorized } from './start-sync.ts';

/** Wiring is a few requests; one that waits for Zendesk longer than this is told to be under way. */
const WAIT_MS = 60_000;

/** `POST /api/connections/:id/wire`: creates the webhook in Zendesk, waits for it and answers what was made. */
export function createWireConnection(deps: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { store, temporal } = deps.services;
    const connection = await findConnection(store, request.params.id);
    requireAuthorized(connection);
    const input: WireConnectionInput = { connectionId: connection.id, publicUrl: deps.publicUrl() };
    try {
      const result: unknown = await temporal.withDeadline(WAIT_MS, () =>
        temporal.client.workflow.execute(WORKFLOW_TYPES.wireConnection, {
          taskQueue: TASK_QUEUE,
          workflowId: wireId(connection.id, randomBytes(4).toString('hex')),
          args: [input],
          staticSummary: `Wire ${connection.id} in Zendesk`,
          typedSearchAttributes: searchAttributesOf(connection.id),
        }),
      );
      response.json(result);
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      throw new ApiError(502, 'wiring_failed', rootMessage(error));
    }
  };
}

/** The sentence of the failure that began it, which says what a person must do. */
function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}
