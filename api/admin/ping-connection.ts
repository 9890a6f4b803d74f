import type { RequestHandler } from 'express';
import { WORKFLOW_TYPES } from '../../workflows/contract.ts';
import { pingId } from '../../workflows/ids.ts';
import type { AdminDeps } from './admin-deps.ts';
import { findConnection } from './find-connection.ts';
import { runWorkflow } from './run-workflow.ts';

/** `POST /api/connections/:id/ping`: looks at both systems and answers what was found; changes nothing. */
export function createPingConnection(deps: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { id: connectionId } = await findConnection(deps.services.store, request.params.id);
    const { pingConnection: type } = WORKFLOW_TYPES;
    const idOf = (suffix: string) => pingId(connectionId, suffix);
    const input = { connectionId };
    response.json(
      await runWorkflow(deps, { type, idOf, connectionId, input, summary: `Ping both systems of ${connectionId}` }),
    );
  };
}
