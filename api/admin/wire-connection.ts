import { z } from 'zod';
import { WORKFLOW_TYPES, type WireConnectionInput, type WireConnectionResult } from '../../workflows/contract.ts';
import { wireId } from '../../workflows/ids.ts';
import { connectionId } from '../connection-file/fields.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { runWorkflow } from './run-workflow.ts';
import { requireAuthorized } from './start-sync.ts';

/** Defines the endpoint `POST /api/connections/{id}/wire`. */
export const wireConnection = endpoint({
  method: 'post',
  path: '/connections/{id}/wire',
  name: 'wireConnection',
  summary: 'Creates or corrects the webhook in Zendesk, and returns its id and how it is triggered.',
  scope: 'admin',
  action: 'connection.wire',
  params: { id: connectionId },
  response: z.strictObject({ webhookId: z.string(), by: z.enum(['subscription', 'trigger']) }),
  errors: [404, 409, 502, 504],
  handle:
    (deps) =>
    async ({ params }) => {
      const connection = await findConnection(deps.services.store, params.id);
      requireAuthorized(connection);
      const { id } = connection;
      const input: WireConnectionInput = { connectionId: id, publicUrl: deps.publicUrl() };
      return runWorkflow<WireConnectionResult>(deps, {
        type: WORKFLOW_TYPES.wireConnection,
        idOf: (suffix) => wireId(id, suffix),
        input,
        summary: `Wire ${id} in Zendesk`,
      });
    },
});
