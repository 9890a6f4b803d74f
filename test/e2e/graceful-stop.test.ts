import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../fixtures/stops.ts';
import { printMeasurement } from '../fixtures/print-measurement.ts';
import { startTopology, type ProductProcess, type Topology } from '../fixtures/topology.ts';

/** Zendesk and F&O answer so late that a worker which is gone by then has not waited for them. */
const ANSWER_MS = 10_000;
const GONE_MS = 5_000;
const CREATE = 'organizations/create_many';
const PAGE = 'CustomersV3';

interface Run {
  readonly runId: string;
  readonly status: string;
  readonly totals: Readonly<Record<string, number>>;
}

/** A sync whose worker was asked to end in the middle of a request. */
interface StoppedSync {
  readonly syncing: Promise<Run>;
  readonly others: readonly ProductProcess[];
  readonly code: number | null;
  readonly ms: number;
}

describe('a worker that is asked to end during a step', () => {
  let topology: Topology;

  beforeAll(async () => {
    topology = await startTopology();
    await topology.apply('contoso', 'usmf');
    await topology.sandbox.control('POST', '/state/dynamics/customers/generate', { legalEntity: 'usmf', count: 400 });
  });
  afterEach(() => topology.sandbox.control('DELETE', '/faults'));
  afterAll(() => topology.close());

  /** Syncs with two workers, and asks the one to end whose request has its effect and gets no answer yet. */
  async function stopDuring(system: 'zendesk' | 'dynamics', path: string): Promise<StoppedSync> {
    const { control } = topology.sandbox;
    const workers = await Promise.all([topology.startWorker(), topology.startWorker()]);
    await control('DELETE', '/journal');
    const action = { kind: 'delay', ms: ANSWER_MS, when: 'after' };
    await control('POST', '/faults', { system, match: { path }, action });
    const syncing = topology.ledgerdesk<Run>('sync', 'contoso', '--wait');
    syncing.catch(() => undefined);
    await until('the request is under way', async () => (await faultsLeft()) === 0);
    const atWork = await topology.busyWorker(workers);
    const since = performance.now();
    const code = await atWork.stop();
    const ms = performance.now() - since;
    printMeasurement(
      `the worker ended ${(ms / 1_000).toFixed(1)} s after SIGTERM, its request still without an answer`,
    );
    return { syncing, others: workers.filter((worker) => worker !== atWork), code, ms };
  }

  /** Faults that have not struck yet. */
  async function faultsLeft(): Promise<number> {
    return (await topology.sandbox.control<{ items: object[] }>('GET', '/faults')).items.length;
  }

  /** External ids in the order in which creates of them have had their effect. */
  async function created(): Promise<string[]> {
    const entries = await topology.journal('zendesk');
    return entries
      .filter(({ path, effect }) => effect && path.includes(CREATE))
      .flatMap(({ body }) => (body as { organizations: { external_id: string }[] }).organizations)
      .map(({ external_id: id }) => id);
  }

  /** How often the steps of this name were begun, by the history of their workflow. */
  async function attempts({ runId }: Run, stage: string, name: string): Promise<number[]> {
    const workflowId = `legal-entity-sync/contoso/usmf/${runId}/${stage}`;
    const events = (await topology.client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
    const steps = events.filter(({ activityTaskScheduledEventAttributes: step }) => step?.activityType?.name === name);
    const ids = steps.map(({ eventId }) => String(eventId));
    return events.flatMap(({ activityTaskStartedEventAttributes: begun }) =>
      begun && ids.includes(String(begun.scheduledEventId)) ? [begun.attempt ?? 0] : [],
    );
  }

  it('does not wait for the answer to a create, and the other worker creates nothing twice', async () => {
    const { syncing, others, code, ms } = await stopDuring('zendesk', CREATE);
    expect([code, ms < GONE_MS]).toEqual([0, true]);
    const run = await syncing;
    expect(run).toMatchObject({ status: 'completed', totals: { read: 400, created: 400 } });
    await until('the first create is in the journal', async () => (await created()).length >= 400);
    const ids = await created();
    expect([ids.length, new Set(ids).size]).toEqual([400, 400]);
    expect(await Promise.all(others.map((worker) => worker.stop()))).toEqual([0]);
  });

  it('does not wait for a page of F&O, and the other worker begins the step again', async () => {
    const { syncing, others, code, ms } = await stopDuring('dynamics', PAGE);
    expect([code, ms < GONE_MS]).toEqual([0, true]);
    const run = await syncing;
    expect(run).toMatchObject({ status: 'completed', totals: { read: 400, unchanged: 400 } });
    expect(await attempts(run, 'read', 'readRecordsPage')).toEqual([2]);
    expect(others.map((worker) => worker.isRunning())).toEqual([true]);
  });
});
