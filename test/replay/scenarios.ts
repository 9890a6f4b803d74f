import { CHANGED_SIGNAL, TASK_QUEUE, WAKE_SIGNAL, WORKFLOW_TYPES } from '../../workflows/contract.ts';
import {
  accountSyncId,
  alertId,
  HOUSEKEEPING_ID,
  legalEntitySyncId,
  probeId,
  supportReconcileId,
} from '../../workflows/ids.ts';
import { DEFAULT_REVIEW } from '../../domain/connection/review-settings.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { preview } from '../fixtures/previews.ts';
import { readWaits } from '../fixtures/waits.ts';
import { runOtherWorkflows } from '../fixtures/other-workflows.ts';
import type { World } from '../fixtures/world.ts';

/** Runs workflows whose histories are stored, for a connection with this name. Throws if their result is not the expected one. */
export type Scenario = (world: World, name: string) => Promise<void>;

/** The scenarios with histories of any length. Their names are those of connections and files. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'first-sync': recordFirstSync,
  people: recordContacts,
  resync: recordResync,
  'other-workflows': recordOtherWorkflows,
  compared: recordComparison,
  'lost-answer': recordLostAnswer,
  limited: recordLimits,
  'wrong-secret': recordFailure,
  cancelled: recordCancellation,
  kept: recordHousekeeping,
  'by-hand': recordStartsByHand,
  refused: recordRefusals,
  reviewed: recordReviews,
};

/** The scenarios in which Temporal suggests continue-as-new early. */
export const IMPATIENT_SCENARIOS: Readonly<Record<string, Scenario>> = { continued: recordContinuation };

async function recordFirstSync(world: World, name: string): Promise<void> {
  await world.connect(name);
  expectEnd(await world.sync(name), 'completed');
}

async function recordContacts(world: World, name: string): Promise<void> {
  await world.connect(name, (settings) => ({ ...settings, sync: { ...settings.sync, contacts: true } }));
  expectEnd(await world.sync(name), 'completed');
}

async function recordOtherWorkflows(world: World, name: string): Promise<void> {
  await world.connect(name);
  expectEnd(await world.sync(name), 'completed');
  await runOtherWorkflows(world, name);
}

async function recordResync(world: World, name: string): Promise<void> {
  await connectOne(world, name);
  const account = { legalEntity: name, kind: 'customer' as const };
  const options = {
    taskQueue: TASK_QUEUE,
    workflowId: accountSyncId(name, { ...account, key: 'A1' }),
    args: [{ connectionId: name, ...account, accountNumber: 'A1' }],
  };
  await world.client.workflow.execute(WORKFLOW_TYPES.syncAccount, options);
}

async function recordComparison(world: World, name: string): Promise<void> {
  await connectOne(world, name);
  expectEnd(await world.sync(name), 'completed');
  expectEnd(await world.sync(name, { full: true }), 'completed');
}

/** Zendesk accepts a bulk job and closes the connection without a response. */
async function recordLostAnswer(world: World, name: string): Promise<void> {
  await connectOne(world, name);
  await addFault(world, { system: 'zendesk', match: { path: 'create_many' }, action: { kind: 'cut', when: 'after' } });
  expectEnd(await world.sync(name), 'completed');
}

/** F&O asks for a wait of a second. Zendesk asks for half a minute, which a signal ends early. */
async function recordLimits(world: World, name: string): Promise<void> {
  await connectOne(world, name);
  const status = { kind: 'status', status: 429 };
  await addFault(world, { system: 'dynamics', action: { ...status, retryAfter: 1 } });
  await addFault(world, { system: 'zendesk', match: { path: 'create_many' }, action: { ...status, retryAfter: null } });
  const runId = await world.start({ connectionId: name });
  const child = legalEntitySyncId({ connectionId: name, legalEntity: name, runId, stage: 'apply' });
  await until(async () => (await readWaits(world.client, child)).waits.length > 0);
  await world.client.workflow.getHandle(child).signal(WAKE_SIGNAL);
  expectEnd(await world.ended(runId), 'completed');
}

async function recordFailure(world: World, name: string): Promise<void> {
  await connectOne(world, name);
  await world.store.credentials.apply(name, { 'dynamics.clientSecret': 'an-unknown-secret' });
  expectEnd(await world.sync(name), 'failed');
}

/** A run is cancelled while a bulk job is being submitted. */
async function recordCancellation(world: World, name: string): Promise<void> {
  await connectOne(world, name);
  const action = { kind: 'hold', when: 'before' };
  await addFault(world, { system: 'zendesk', match: { path: 'create_many' }, times: null, action });
  const runId = await world.start({ connectionId: name });
  await until(async () => {
    const { items } = await world.sandbox.control<{ items: { struck: number }[] }>('GET', '/faults');
    return items.some(({ struck }) => struck > 0);
  });
  await world.client.workflow.getHandle(`master-sync/${name}`).cancel();
  await world.sandbox.control('DELETE', '/faults');
  expectEnd(await world.ended(runId), 'cancelled');
}

/** Runs the daily sweep and delivers an alert. */
async function recordHousekeeping(world: World, name: string): Promise<void> {
  await connectOne(world, name);
  const problem = { code: 'unreachable', message: 'Dynamics 365 gives no answer.' };
  await world.store.health.record({ connectionId: name, subject: 'sync', problem });
  const { workflow } = world.client;
  const delivery = await workflow.signalWithStart(WORKFLOW_TYPES.deliverAlerts, {
    taskQueue: TASK_QUEUE,
    workflowId: alertId(name),
    args: [{ connectionId: name }],
    signal: CHANGED_SIGNAL,
  });
  await delivery.result();
  const workflowId = `${HOUSEKEEPING_ID}/${name}`;
  await workflow.execute(WORKFLOW_TYPES.sweepStore, { taskQueue: TASK_QUEUE, workflowId, args: [{}] });
}

/** Refuses working credentials until a probe finds that they work again, and then reconciles the support. */
async function recordRefusals(world: World, name: string): Promise<void> {
  await connectOne(world, name);
  expectEnd(await world.sync(name), 'completed');
  await world.sandbox.control('POST', '/state/entra/revoke');
  await world.sandbox.control('PATCH', '/settings/entra', { secretExpired: true });
  expectEnd(await world.sync(name), 'failed');
  await world.sandbox.control('PATCH', '/settings/entra', { secretExpired: false });
  const probe = world.client.workflow.getHandle(probeId(name));
  await probe.signal(WAKE_SIGNAL);
  await probe.result();
  const workflowId = supportReconcileId(name);
  const args = [{ connectionId: name }] as const;
  await world.client.workflow.execute(WORKFLOW_TYPES.reconcileSupport, { taskQueue: TASK_QUEUE, workflowId, args });
}

/** Starts workflows as an operator does with Temporal's own tools, which set no search attributes. */
/** A preview, and a run that is held because every change must be approved. */
async function recordReviews(world: World, name: string): Promise<void> {
  await connectOne(world, name);
  await preview(world, { connectionId: name });
  const review = { ...DEFAULT_REVIEW, first: 'off' as const, every: 'ask' as const };
  await world.connect(name, (settings) => ({ ...readingOnly([name])(settings), review }));
  expectEnd(await world.sync(name), 'held');
}

async function recordStartsByHand(world: World, name: string): Promise<void> {
  await connectOne(world, name);
  const account = { connectionId: name, legalEntity: name, kind: 'customer', accountNumber: 'A1' };
  for (const [type, input] of [
    [WORKFLOW_TYPES.syncMasterData, { connectionId: name, legalEntity: name }],
    [WORKFLOW_TYPES.syncAccount, account],
    [WORKFLOW_TYPES.reconcileSupport, { connectionId: name }],
  ] as const)
    await world.client.workflow.execute(type, {
      taskQueue: TASK_QUEUE,
      workflowId: `${type}/${name}`,
      args: [input],
    });
}

async function recordContinuation(world: World, name: string): Promise<void> {
  const customers = Array.from({ length: 3 }, (_, nth) => [`A${nth}`, `Customer ${nth} of ${name}`]);
  await createEdits(world).connect(name, { [name]: Object.fromEntries(customers) as Record<string, string> });
  expectEnd(await world.sync(name), 'completed');
}

/** Connects a legal entity with one customer, both with the name of the connection. */
async function connectOne(world: World, name: string): Promise<void> {
  await createEdits(world).customer(name, 'A1', { OrganizationName: `Customer of ${name}`, AddressCity: 'Seattle' });
  await world.connect(name, readingOnly([name]));
}

const addFault = ({ sandbox }: World, fault: object): Promise<unknown> => sandbox.control('POST', '/faults', fault);

function expectEnd(run: RunReport, status: RunReport['status']): void {
  if (run.status !== status) throw new Error(`A run should be ${status}: ${JSON.stringify(run)}`);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('The scenario did not reach the expected state.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
