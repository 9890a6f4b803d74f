import type { RequestHandler } from 'express';
import { WORKFLOW_TYPES, type WireConnectionInput } from '../../workflows/contract.ts';
import { wireId } from '../../workflows/ids.ts';
import type { AdminDeps } from './admin-deps.ts';
import { findConnection } from './find-connection.ts';
import { runWorkflow } from './run-workflow.ts';
import { requireAuthorized } from './start-sync.ts';

/** `POST /api/connections/:id/wire`: creates the webhook in Zendesk, waits for it and answers what was made. */
export function createWireConnection(deps: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const connection = await findConnection(deps.services.store, request.params.id);
    requireAuthorized(connection);
    const { id: connectionId } = connection;
    const input: WireConnectionInput = { connectionId, publicUrl: deps.publicUrl() };
    const { wireConnection: type } = WORKFLOW_TYPES;
    const idOf = (suffix: string) => wireId(connectionId, suffix);
    response.json(
      await runWorkflow(deps, { type, idOf, connectionId, input, summary: `Wire ${connectionId} in Zendesk` }),
    );
  };
}
