import { CHANGED_SIGNAL, TASK_QUEUE, WAKE_SIGNAL, WORKFLOW_TYPES } from '../../workflows/contract.ts';
import {
  accountSyncId,
  alertId,
  HOUSEKEEPING_ID,
  legalEntitySyncId,
  probeId,
  supportReconcileId,
} from '../../workflows/ids.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { readWaits } from '../fixtures/waits.ts';
import { runOtherWorkflows } from '../fixtures/other-workflows.ts';
import type { World } from '../fixtures/world.ts';

/** Does something in a world that is worth a stored history, for a connection of this name; throws when it went another way. */
export type Scenario = (world: World, name: string) => Promise<void>;

/** What is recorded with histories that may grow; the names are those of connections and files. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'first-sync': recordFirstSync,
  people: recordContacts,
  resync: recordResync,
  'way-back': recordWayBack,
  compared: recordComparison,
  'lost-answer': recordLostAnswer,
  limited: recordLimits,
  'turned-away': recordFailure,
  cancelled: recordCancellation,
  kept: recordHousekeeping,
  'by-hand': recordStartsByHand,
  refused: recordRefusals,
};

/** What is recorded with histories that are soon left. */
export const IMPATIENT_SCENARIOS: Readonly<Record<string, Scenario>> = { continued: recordContinuation };

async function recordFirstSync(world: World, name: string): Promise<void> {
  await world.connect(name);
  expectEnd(await world.sync(name), 'completed');
}

async function recordContacts(world: World, name: string): Promise<void> {
  await world.connect(name, (settings) => ({ ...settings, sync: { ...settings.sync, contacts: true } }));
  expectEnd(await world.sync(name), 'completed');
}

async function recordWayBack(world: World, name: string): Promise<void> {
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

/** The connection breaks after Zendesk has taken a bulk job. */
async function recordLostAnswer(world: World, name: string): Promise<void> {
  await connectOne(world, name);
  await addFault(world, { system: 'zendesk', match: { path: 'create_many' }, action: { kind: 'cut', when: 'after' } });
  expectEnd(await world.sync(name), 'completed');
}

/** F&O asks for a second, which is waited for, and Zendesk for half a minute, which a signal ends. */
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
  await world.store.credentials.apply(name, { 'dynamics.clientSecret': 'a-secret-that-nobody-issued' });
  expectEnd(await world.sync(name), 'failed');
}

/** Somebody cancels a run while a bulk job is being submitted. */
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

/** The daily sweep, and an alert that is delivered. */
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

/** F&O refuses credentials that have worked, until a probe finds that they work again. Then the support is reconciled. */
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

/** What an operator starts with Temporal's own tools, which give no search attributes. */
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

/** Connects a legal entity of one customer, both named like the connection. */
async function connectOne(world: World, name: string): Promise<void> {
  await createEdits(world).customer(name, 'A1', { OrganizationName: `Customer of ${name}`, AddressCity: 'Seattle' });
  await world.connect(name, readingOnly([name]));
}

const addFault = ({ sandbox }: World, fault: object): Promise<unknown> => sandbox.control('POST', '/faults', fault);

function expectEnd(run: RunReport, status: RunReport['status']): void {
  if (run.status !== status) throw new Error(`A run was to be ${status}: ${JSON.stringify(run)}`);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('What was to be recorded has not happened.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
