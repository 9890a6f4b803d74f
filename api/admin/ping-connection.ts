import { WORKFLOW_TYPES, type PingConnectionInput, type PingResult } from '../../workflows/contract.ts';
import { pingId } from '../../workflows/ids.ts';
import { connectionId } from '../connection-file/fields.ts';
import { pingResult } from './responses/ping.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { runWorkflow } from './run-workflow.ts';

/** Defines the endpoint `POST /api/connections/{id}/ping`. */
export const pingConnection = endpoint({
  method: 'post',
  path: '/connections/{id}/ping',
  name: 'pingConnection',
  summary: 'Checks both systems of a connection and returns the results. Changes nothing.',
  scope: 'run',
  action: 'connection.ping',
  params: { id: connectionId },
  response: pingResult,
  errors: [404, 502, 504],
  handle:
    (deps) =>
    async ({ params }) => {
      const { id } = await findConnection(deps.services.store, params.id);
      const input: PingConnectionInput = { connectionId: id, publicUrl: deps.publicUrl() };
      return runWorkflow<PingResult>(deps, {
        type: WORKFLOW_TYPES.pingConnection,
        idOf: (suffix) => pingId(id, suffix),
        input,
        summary: `Ping both systems of ${id}`,
      });
    },
});
