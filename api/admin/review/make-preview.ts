import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { WORKFLOW_TYPES, type PreviewSyncInput } from '../../../workflows/contract.ts';
import { previewId } from '../../../workflows/ids.ts';
import { startOptions } from '../../../workflows/start-options.ts';
import { connectionId, legalEntity } from '../../connection-file/fields.ts';
import { TEMPORAL_LIMIT_MS } from '../admin-deps.ts';
import { endpoint } from '../endpoint.ts';
import { findConnection } from '../find-connection.ts';
import { requireAuthorized, requireEntity } from '../start-sync.ts';

/** Defines the endpoint `POST /api/connections/{id}/plans`. The plan has the id of the run that makes it. */
export const makePreview = endpoint({
  method: 'post',
  path: '/connections/{id}/plans',
  name: 'makePreview',
  summary: 'Makes a plan of what a sync would write, and writes nothing. Waits for a run that is under way.',
  scope: 'run',
  action: 'plan.preview',
  params: { id: connectionId },
  body: z.strictObject({
    legalEntity: legalEntity.nullish(),
    full: z.boolean().nullish().describe('Compares every linked organization and user, not only changed records.'),
  }),
  status: 202,
  response: z.strictObject({ planId: z.string(), runId: z.string(), workflowId: z.string() }),
  errors: [404, 409],
  handle:
    ({ services: { store, temporal } }) =>
    async ({ params, body }) => {
      const connection = await findConnection(store, params.id);
      requireAuthorized(connection);
      if (body.legalEntity) requireEntity(connection, body.legalEntity);
      const runId = randomUUID();
      const workflowId = previewId(connection.id, runId);
      const input: PreviewSyncInput = {
        ...{ connectionId: connection.id, runId },
        ...(body.legalEntity && { legalEntity: body.legalEntity }),
        ...(body.full && { full: true }),
      };
      await store.startedRuns.add({ runId, connectionId: connection.id, workflowId });
      const summary = `Preview ${body.legalEntity ?? 'all legal entities'} of ${connection.id}`;
      await temporal.withDeadline(TEMPORAL_LIMIT_MS, () =>
        temporal.client.workflow.start(WORKFLOW_TYPES.previewSync, startOptions({ workflowId, input, summary })),
      );
      return { planId: runId, runId, workflowId };
    },
});
