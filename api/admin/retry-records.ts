import { z } from 'zod';
import type { RecordKey } from '../../domain/sync/record.ts';
import { knownEntities } from '../../domain/entities.ts';
import { isCovered } from '../../domain/connection/go.ts';
import { WORKFLOW_TYPES, type SyncAccountInput } from '../../workflows/contract.ts';
import { accountSyncId } from '../../workflows/ids.ts';
import { startOptions } from '../../workflows/start-options.ts';
import { connectionId } from '../connection-file/fields.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { refusedWithoutGo, requireAnyGo } from './go.ts';
import { startMasterSync } from './master-sync.ts';
import { searchText } from './read-input.ts';
import { requireAuthorized } from './start-sync.ts';

/** The largest number of records that are retried one by one. For more records, one master sync is cheaper. */
const MAX_SINGLE = 20;

/** Defines the endpoint `POST /api/connections/{id}/retry`. */
export const retryRecords = endpoint({
  method: 'post',
  path: '/connections/{id}/retry',
  name: 'retryRecords',
  summary: `Retries rejected records: up to ${MAX_SINGLE} one by one, more in one master sync. Records whose legal entity and kind have no go are not retried.`,
  scope: 'run',
  action: 'connection.retry',
  params: { id: connectionId },
  body: z.strictObject({
    code: searchText.nullish(),
    keys: z.array(searchText).max(1_000).nullish().describe('Record keys, or legalEntity/kind/key.'),
  }),
  response: z.strictObject({
    retried: z.int().min(0),
    runId: z.string().nullable().describe(`The master run, if more than ${MAX_SINGLE} records are retried.`),
    workflowIds: z.array(z.string()),
  }),
  errors: [404, 409],
  handle:
    (deps) =>
    async ({ params, body: { code, keys } }) => {
      const { store } = deps.services;
      const connection = await findConnection(store, params.id);
      requireAuthorized(connection);
      await requireAnyGo(store, connection.id);
      const kinds = knownEntities(connection).map(({ kind }) => kind);
      const filter = { code: code ?? undefined, keys: keys ?? [], kinds };
      const allowed = await store.records.allowRetry(connection.id, filter);
      const gos = await store.gos.list(connection.id);
      const retried = allowed.filter((key) => isCovered(gos, key));
      if (allowed.length > 0 && retried.length === 0)
        throw refusedWithoutGo(connection.id, { legalEntity: allowed[0]?.legalEntity });
      return { retried: retried.length, ...(await start(deps, connection.id, retried)) };
    },
});

async function start(
  deps: AdminDeps,
  id: string,
  keys: readonly RecordKey[],
): Promise<{ runId: string | null; workflowIds: string[] }> {
  if (keys.length > MAX_SINGLE) {
    const scope = { full: false, acceptShrink: false };
    const { runId, workflowId } = await startMasterSync(deps, id, scope);
    return { runId, workflowIds: [workflowId] };
  }
  const workflowIds: string[] = [];
  for (const key of keys) workflowIds.push(await startAccountSync(deps, id, key));
  return { runId: null, workflowIds };
}

async function startAccountSync({ services: { temporal } }: AdminDeps, id: string, key: RecordKey): Promise<string> {
  const workflowId = accountSyncId(id, key);
  const { legalEntity, kind, key: accountNumber } = key;
  const input: SyncAccountInput = { connectionId: id, legalEntity, kind, accountNumber };
  await temporal.withDeadline(TEMPORAL_LIMIT_MS, () =>
    temporal.client.workflow.start(WORKFLOW_TYPES.syncAccount, {
      ...startOptions({ workflowId, input, summary: `Retry ${kind} ${accountNumber} of ${legalEntity}` }),
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
  );
  return workflowId;
}
