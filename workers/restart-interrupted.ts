import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { defaultPayloadConverter, type Payload, type PayloadCodec } from '@temporalio/common';
import type { Log } from '../runtime/log/log.ts';
import type { Services } from '../runtime/services.ts';
import { EVENT_PRIORITY, TASK_QUEUE, WORKFLOW_TYPES } from '../workflows/contract.ts';
import { startOptions, type ConnectionInput } from '../workflows/start-options.ts';

/** What starting interrupted workflows again needs. */
export interface RestartParts {
  readonly store: Pick<Services['store'], 'upgrades'>;
  readonly client: Client;
  /** Reads the inputs of workflows, which may be encrypted. */
  readonly codec: PayloadCodec;
  readonly log: Log;
}

/** How a workflow type goes on after an upgrade: under which name, and with which priority. */
interface Restart {
  readonly type: string;
  readonly priorityKey?: number;
}

/** The workflows that are started again, by the names that they have or had. What is short, or started by a schedule anyway, is not. */
const RESTARTS: Readonly<Record<string, Restart>> = {
  syncMasterData: { type: WORKFLOW_TYPES.syncMasterData },
  syncAccount: { type: WORKFLOW_TYPES.syncAccount },
  reconcileSupport: { type: WORKFLOW_TYPES.reconcileSupport },
  wireConnection: { type: WORKFLOW_TYPES.wireConnection },
  deliverAlerts: { type: WORKFLOW_TYPES.deliverAlerts },
  tellOperator: { type: WORKFLOW_TYPES.deliverAlerts },
  handleBusinessEvent: { type: WORKFLOW_TYPES.handleBusinessEvent, priorityKey: EVENT_PRIORITY },
  handleZendeskEvent: { type: WORKFLOW_TYPES.handleZendeskEvent, priorityKey: EVENT_PRIORITY },
  annotateAccount: { type: WORKFLOW_TYPES.annotateAccount, priorityKey: EVENT_PRIORITY },
};

/**
 * Starts workflows again that a former version began and whose histories this version cannot continue. A worker does this before it
 * takes any work. Nothing is lost: what they had done is in the store, and each begins anew from there.
 */
export async function restartInterrupted({ store, client, codec, log }: RestartParts): Promise<void> {
  await store.upgrades.restartInterrupted(async (at) => {
    const interrupted: WorkflowExecutionInfo[] = [];
    const query = `TaskQueue = '${TASK_QUEUE}' AND ExecutionStatus = 'Running' AND StartTime < '${at.toISOString()}'`;
    for await (const workflow of client.workflow.list({ query })) interrupted.push(workflow);
    const children = interrupted.filter(
      ({ type, parentExecution }) => parentExecution !== undefined || !(type in RESTARTS),
    );
    for (const child of children) await terminate(client, child);
    const restarted = interrupted.filter((workflow) => !children.includes(workflow));
    for (const workflow of restarted) await restart({ client, codec, log }, workflow);
    log.info({ count: restarted.length }, 'workflows of the former version were started again');
  });
}

const REASON = 'Ledgerdesk was upgraded. What this workflow was doing is started again.';

async function terminate(client: Client, { workflowId, runId }: WorkflowExecutionInfo): Promise<void> {
  await client.workflow
    .getHandle(workflowId, runId)
    .terminate(REASON)
    .catch(() => undefined);
}

/** The old workflow ends in the moment in which the new one begins, so a crash in between loses neither. */
async function restart(
  { client, codec, log }: Omit<RestartParts, 'store'>,
  workflow: WorkflowExecutionInfo,
): Promise<void> {
  const { workflowId, runId, type, memo } = workflow;
  const { type: newType, priorityKey } = RESTARTS[type] ?? { type };
  const input = await inputOf(client, codec, { workflowId, runId });
  if (input === undefined) {
    log.error({ workflowId }, 'a workflow of the former version could not be read, so it was not started again');
    return;
  }
  const scope: unknown = memo?.['scope'];
  await client.workflow.start(newType, {
    ...startOptions({
      workflowId,
      input,
      summary: `${newType} of ${input.connectionId}, again after an upgrade`,
      priorityKey,
    }),
    ...(scope === undefined ? {} : { memo: { scope } }),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
  });
}

/** Members of an input that count for one history only: how far it has come, and the id of its run. */
const OWN_TO_A_HISTORY = new Set(['progress', 'runId']);

/** Reads what a workflow was started with; undefined when it cannot be read. */
async function inputOf(
  client: Client,
  codec: PayloadCodec,
  { workflowId, runId }: { workflowId: string; runId: string },
): Promise<ConnectionInput | undefined> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const [payload] = await codec.decode(payloads as Payload[]).catch(() => []);
  if (payload === undefined) return undefined;
  const input = defaultPayloadConverter.fromPayload<ConnectionInput & Record<string, unknown>>(payload);
  const kept = Object.entries(input).filter(([name]) => !OWN_TO_A_HISTORY.has(name));
  return Object.fromEntries(kept) as unknown as ConnectionInput;
}
