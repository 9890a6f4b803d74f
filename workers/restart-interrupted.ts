import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { defaultPayloadConverter, type Payload, type PayloadCodec } from '@temporalio/common';
import type { Log } from '../runtime/log/log.ts';
import type { Services } from '../runtime/services.ts';
import { EVENT_PRIORITY, TASK_QUEUE, WORKFLOW_TYPES } from '../workflows/contract.ts';
import { startOptions, type ConnectionInput } from '../workflows/start-options.ts';

/** Options of `restartInterrupted`. */
export interface RestartParts {
  readonly store: Pick<Services['store'], 'upgrades'>;
  readonly client: Client;
  /** The codec for the inputs of workflows, which may be encrypted. */
  readonly codec: PayloadCodec;
  readonly log: Log;
}

/** The type and priority with which a workflow is started again after an upgrade. */
interface Restart {
  readonly type: string;
  readonly priorityKey?: number;
}

/**
 * The workflows that are started again, by their current and former names. Short or scheduled ones are not in this
 * list.
 */
const RESTARTS: Readonly<Record<string, Restart>> = {
  syncMasterData: { type: WORKFLOW_TYPES.syncMasterData },
  syncAccount: { type: WORKFLOW_TYPES.syncAccount },
  reconcileSupport: { type: WORKFLOW_TYPES.reconcileSupport },
  wireConnection: { type: WORKFLOW_TYPES.wireConnection },
  deliverAlerts: { type: WORKFLOW_TYPES.deliverAlerts },
  probeCredentials: { type: WORKFLOW_TYPES.probeCredentials },
  tellOperator: { type: WORKFLOW_TYPES.deliverAlerts },
  handleBusinessEvent: { type: WORKFLOW_TYPES.handleBusinessEvent, priorityKey: EVENT_PRIORITY },
  handleZendeskEvent: { type: WORKFLOW_TYPES.handleZendeskEvent, priorityKey: EVENT_PRIORITY },
  annotateAccount: { type: WORKFLOW_TYPES.annotateAccount, priorityKey: EVENT_PRIORITY },
};

/**
 * Starts workflows again whose histories this version cannot continue, because a former version began them. A worker
 * does this before it accepts work. Nothing is lost, because the progress of these workflows is in the store.
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

const REASON = 'Ledgerdesk was upgraded. The work of this workflow is started again.';

async function terminate(client: Client, { workflowId, runId }: WorkflowExecutionInfo): Promise<void> {
  await client.workflow
    .getHandle(workflowId, runId)
    .terminate(REASON)
    .catch(() => undefined);
}

/** Starts a workflow again. The same request terminates the former execution, so a crash cannot lose the workflow. */
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
      summary: `${newType} of ${input.connectionId}, restarted after an upgrade`,
      priorityKey,
    }),
    ...(scope === undefined ? {} : { memo: { scope } }),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
  });
}

/** Members of an input that are valid for one execution only: its progress and its run id. */
const EXECUTION_MEMBERS = new Set(['progress', 'runId']);

/** Reads the input of a workflow. Returns undefined when it cannot be decrypted. */
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
  const kept = Object.entries(input).filter(([name]) => !EXECUTION_MEMBERS.has(name));
  return Object.fromEntries(kept) as unknown as ConnectionInput;
}
