import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../fixtures/stops.ts';
import { startObservedProxy, type ObservedProxy } from '../fixtures/observed-proxy.ts';
import { printMeasurement } from '../fixtures/print-measurement.ts';
import { startTopology, type ProductProcess, type Topology } from '../fixtures/topology.ts';

/** The delay of responses, long after a worker must have ended or a request must have been aborted. */
const RESPONSE_MS = 10_000;
/** The longest time until a worker has ended. */
const LONGEST_STOP_MS = 5_000;
/** The longest time until a request is aborted after a cancellation or a SIGTERM: about a second, more on a busy machine. */
const LONGEST_ABORT_MS = 2_000;
const CREATE = 'organizations/create_many';
const PAGE = 'CustomersV3';

interface Run {
  readonly runId: string;
  readonly status: string;
  readonly totals: Readonly<Record<string, number>>;
}

/** A sync whose worker was stopped during a request. `stopMs`: the time until the worker had ended. */
interface StoppedSync {
  readonly syncing: Promise<Run>;
  readonly others: readonly ProductProcess[];
  readonly code: number | null;
  readonly stopMs: number;
}

describe('an open request', () => {
  let topology: Topology;
  /** Proxies in front of Zendesk and F&O. */
  let remotes: ObservedProxy[];

  beforeAll(async () => {
    topology = await startTopology();
    const { zendesk, dynamics } = topology.sandbox;
    remotes = await Promise.all([zendesk, dynamics].map(startObservedProxy));
    const [baseUrl, environmentUrl] = remotes.map(({ url }) => url);
    await topology.sandbox.control('PATCH', '/settings/entra', { furtherResources: [environmentUrl] });
    await topology.apply('contoso', 'usmf', { zendesk: { baseUrl }, dynamics: { environmentUrl } });
    await generateCustomers(400);
  });
  afterEach(() => topology.sandbox.control('DELETE', '/faults'));
  afterAll(async () => {
    await topology.close();
    await Promise.all(remotes.map((remote) => remote.close()));
  });

  const generateCustomers = (count: number): Promise<unknown> =>
    topology.sandbox.control('POST', '/state/dynamics/customers/generate', { legalEntity: 'usmf', count });

  /** Starts a sync, and waits until a request with this path has taken effect. Its response is delayed. */
  async function syncUntil(system: 'zendesk' | 'dynamics', path: string): Promise<{ syncing: Promise<Run> }> {
    const { control } = topology.sandbox;
    await control('DELETE', '/journal');
    const action = { kind: 'delay', ms: RESPONSE_MS, when: 'after' };
    await control('POST', '/faults', { system, match: { path }, action });
    const syncing = topology.ledgerdesk<Run>('sync', 'contoso', '--wait');
    syncing.catch(() => undefined);
    const faultsLeft = async () => (await control<{ items: object[] }>('GET', '/faults')).items.length;
    await until('the request is under way', async () => (await faultsLeft()) === 0);
    return { syncing };
  }

  /** Syncs with two workers, and stops the one with the open request. */
  async function stopDuring(system: 'zendesk' | 'dynamics', path: string): Promise<StoppedSync> {
    const workers = await Promise.all([topology.startWorker(), topology.startWorker()]);
    const { syncing } = await syncUntil(system, path);
    const busy = await topology.busyWorker(workers);
    const since = performance.now();
    const stopping = busy.stop();
    await expectAborted(since);
    const code = await stopping;
    const stopMs = performance.now() - since;
    printMeasurement(`the worker ended ${seconds(stopMs)} after SIGTERM`);
    return { syncing, others: workers.filter((worker) => worker !== busy), code, stopMs };
  }

  /** Expects that the open request ends without a response, soon after `since` on the performance clock. */
  async function expectAborted(since: number): Promise<void> {
    const isAborted = () => Promise.resolve(remotes.every((remote) => remote.openRequests() === 0));
    await until('no request is open', isAborted);
    const abortMs = performance.now() - since;
    printMeasurement(`the request was aborted after ${seconds(abortMs)}`);
    expect(abortMs).toBeLessThan(LONGEST_ABORT_MS);
  }

  /** Returns the external ids in the order in which their creates took effect. */
  async function created(): Promise<string[]> {
    const entries = await topology.journal('zendesk');
    return entries
      .filter(({ path, effect }) => effect && path.includes(CREATE))
      .flatMap(({ body }) => (body as { organizations: { external_id: string }[] }).organizations)
      .map(({ external_id: id }) => id);
  }

  /** Returns the last attempt of each step with this name, from the history of its workflow. */
  async function attempts({ runId }: Run, stage: string, name: string): Promise<number[]> {
    const workflowId = `legal-entity-sync/contoso/usmf/${runId}/${stage}`;
    const events = (await topology.client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
    const steps = events.filter(({ activityTaskScheduledEventAttributes: step }) => step?.activityType?.name === name);
    const ids = steps.map(({ eventId }) => String(eventId));
    return events.flatMap(({ activityTaskStartedEventAttributes: begun }) =>
      begun && ids.includes(String(begun.scheduledEventId)) ? [begun.attempt ?? 0] : [],
    );
  }

  it('ends when its worker is stopped during a create, and the other worker creates nothing twice', async () => {
    const { syncing, others, code, stopMs } = await stopDuring('zendesk', CREATE);
    expect([code, stopMs < LONGEST_STOP_MS]).toEqual([0, true]);
    const run = await syncing;
    expect(run).toMatchObject({ status: 'completed', totals: { read: 400, created: 400 } });
    await until('the first create is in the journal', async () => (await created()).length >= 400);
    const ids = await created();
    expect([ids.length, new Set(ids).size]).toEqual([400, 400]);
    expect(await Promise.all(others.map((worker) => worker.stop()))).toEqual([0]);
  });

  it('ends when its worker is stopped during a page of F&O, and the other worker repeats the step', async () => {
    const { syncing, others, code, stopMs } = await stopDuring('dynamics', PAGE);
    expect([code, stopMs < LONGEST_STOP_MS]).toEqual([0, true]);
    const run = await syncing;
    expect(run).toMatchObject({ status: 'completed', totals: { read: 400, unchanged: 400 } });
    expect(await attempts(run, 'read', 'readRecordsPage')).toEqual([2]);
    expect(others.map((worker) => worker.isRunning())).toEqual([true]);
  });

  it('ends when its run is cancelled, and the run records what it has created', async () => {
    await generateCustomers(50);
    const worker = await topology.startWorker();
    const { syncing } = await syncUntil('zendesk', CREATE);
    const since = performance.now();
    await topology.client.workflow.getHandle('master-sync/contoso').cancel();
    await expectAborted(since);
    await expect(syncing).rejects.toThrow('"status": "cancelled"');
    expect(worker.isRunning()).toBe(true);
    const { items } = await topology.ledgerdesk<{ items: Run[] }>('runs', 'contoso');
    expect(items[0]).toMatchObject({ status: 'cancelled', totals: { read: 450, created: 50, unchanged: 400 } });
  });
});

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
