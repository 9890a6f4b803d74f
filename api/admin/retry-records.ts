import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { RecordKey } from '../../domain/record.ts';
import { TASK_QUEUE, WORKFLOW_TYPES, type SyncAccountInput } from '../../workflows/contract.ts';
import { accountSyncId } from '../../workflows/ids.ts';
import { searchAttributesOf } from '../../workflows/search-attributes.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';
import { findConnection } from './find-connection.ts';
import { startMasterSync } from './master-sync.ts';
import { readBody, searchText } from './read-input.ts';
import { requireAuthorized } from './start-sync.ts';

const body = z.strictObject({ code: searchText.nullish(), keys: z.array(searchText).max(1_000).nullish() });

/** Up to so many records are tried again one by one; more are cheaper in one master sync. */
const MOST_SINGLE = 20;

/** `POST /api/connections/:id/retry`: lets rejected records be tried again, and starts what tries them. */
export function createRetryRecords(deps: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { code, keys } = readBody(request, body);
    const { store } = deps.services;
    const connection = await findConnection(store, request.params.id);
    requireAuthorized(connection);
    const retried = await store.records.allowRetry(connection.id, { code: code ?? undefined, keys: keys ?? [] });
    response.json({ retried: retried.length, ...(await start(deps, connection.id, retried)) });
  };
}

async function start(
  deps: AdminDeps,
  connectionId: string,
  keys: readonly RecordKey[],
): Promise<{ runId: string | null; workflowIds: string[] }> {
  if (keys.length > MOST_SINGLE) {
    const scope = { full: false, acceptShrink: false };
    const { runId, workflowId } = await startMasterSync(deps, connectionId, scope);
    return { runId, workflowIds: [workflowId] };
  }
  const workflowIds: string[] = [];
  for (const key of keys) workflowIds.push(await startAccountSync(deps, connectionId, key));
  return { runId: null, workflowIds };
}

async function startAccountSync(
  { services: { temporal } }: AdminDeps,
  connectionId: string,
  key: RecordKey,
): Promise<string> {
  const workflowId = accountSyncId(connectionId, key);
  const { legalEntity, kind, key: accountNumber } = key;
  const input: SyncAccountInput = { connectionId, legalEntity, kind, accountNumber };
  await temporal.withDeadline(TEMPORAL_LIMIT_MS, () =>
    temporal.client.workflow.start(WORKFLOW_TYPES.syncAccount, {
      taskQueue: TASK_QUEUE,
      workflowId,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
      staticSummary: `Sync ${kind} ${accountNumber} of ${legalEntity} again`,
      typedSearchAttributes: searchAttributesOf(connectionId, legalEntity),
      priority: { fairnessKey: connectionId },
    }),
  );
  return workflowId;
}
