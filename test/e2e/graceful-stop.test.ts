import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../fixtures/stops.ts';
import { tell } from '../fixtures/tell.ts';
import { startTopology, type Topology } from '../fixtures/topology.ts';

/** What docs/upgrading.md promises: 10 seconds for steps that are under way, 4 more until they are cut off; and a moment to end. */
const GRACE_MS = 10_000;
const GONE_MS = 17_000;
const CREATE = 'organizations/create_many';
const CREATE_MS = 6_000;

interface Run {
  readonly runId: string;
  readonly status: string;
  readonly totals: Readonly<Record<string, number>>;
}

describe('a worker that is asked to end while it writes to Zendesk', () => {
  let topology: Topology;

  beforeAll(async () => {
    topology = await startTopology();
    await topology.apply('contoso', 'usmf');
    await topology.sandbox.control('POST', '/faults', {
      ...{ system: 'zendesk', match: { path: CREATE }, times: null },
      action: { kind: 'delay', ms: CREATE_MS, when: 'after' },
    });
  });
  afterAll(() => topology.close());

  /** Syncs new customers by two workers, and asks the one to end whose create has its effect and no answer yet. */
  async function stopWhileCreating(customers: { count: number; from: number }) {
    const { control } = topology.sandbox;
    const workers = await Promise.all([topology.startWorker(), topology.startWorker()]);
    await control('POST', '/state/dynamics/customers/generate', { legalEntity: 'usmf', ...customers });
    await control('DELETE', '/journal');
    const before = await struck();
    const syncing = topology.ledgerdesk<Run>('sync', 'contoso', '--wait');
    syncing.catch(() => undefined);
    await until('a create is under way', async () => (await struck()) > before);
    const atWork = await topology.workerAtWork(workers);
    const since = performance.now();
    const code = await atWork.stop();
    return { syncing, others: workers.filter((worker) => worker !== atWork), code, ms: performance.now() - since };
  }

  async function struck(): Promise<number> {
    const { items } = await topology.sandbox.control<{ items: { struck: number }[] }>('GET', '/faults');
    return items[0]?.struck ?? 0;
  }

  /** External ids in the order in which creates of them have had their effect. */
  async function created(): Promise<string[]> {
    const entries = await topology.journal('zendesk');
    return entries
      .filter(({ path, effect }) => effect && path.includes(CREATE))
      .flatMap(({ body }) => (body as { organizations: { external_id: string }[] }).organizations)
      .map(({ external_id: id }) => id);
  }

  /** How often the steps that write were begun, by the history of the workflow that wrote. */
  async function attempts({ runId }: Run): Promise<number[]> {
    const workflowId = `legal-entity-sync/contoso/usmf/${runId}/apply`;
    const events = (await topology.client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
    const writing = events.filter(
      ({ activityTaskScheduledEventAttributes: step }) => step?.activityType?.name === 'submitJobs',
    );
    const ids = writing.map(({ eventId }) => String(eventId));
    return events.flatMap(({ activityTaskStartedEventAttributes: begun }) =>
      begun && ids.includes(String(begun.scheduledEventId)) ? [begun.attempt ?? 0] : [],
    );
  }

  it('finishes the step that it has begun, and leaves the rest to the other', async () => {
    const { syncing, others, code, ms } = await stopWhileCreating({ count: 100, from: 1 });
    tell(`the worker finished its step and ended ${(ms / 1_000).toFixed(1)} s after SIGTERM`);
    expect([code, ms < GRACE_MS]).toEqual([0, true]);
    const run = await syncing;
    expect(run).toMatchObject({ status: 'completed', totals: { read: 100, created: 100 } });
    expect(new Set(await attempts(run))).toEqual(new Set([1]));
    expect((await created()).length).toBe(100);
    expect(await Promise.all(others.map((worker) => worker.stop()))).toEqual([0]);
  });

  it('is gone in time when the step goes on, and the other begins it again and creates nothing twice', async () => {
    const { syncing, others, ms } = await stopWhileCreating({ count: 400, from: 1_001 });
    tell(`the worker was gone ${(ms / 1_000).toFixed(1)} s after SIGTERM, its step under way`);
    expect(ms).toBeGreaterThan(GRACE_MS);
    expect(ms).toBeLessThan(GONE_MS);
    const since = performance.now();
    const run = await syncing;
    tell(`the other worker had ended the sync ${((performance.now() - since) / 1_000).toFixed(1)} s later`);
    expect(run).toMatchObject({ status: 'completed', totals: { read: 500, created: 400, unchanged: 100 } });
    expect(Math.max(...(await attempts(run)))).toBeGreaterThan(1);
    const ids = await created();
    expect([ids.length, new Set(ids).size]).toEqual([400, 400]);
    expect(others.map((worker) => worker.isRunning())).toEqual([true]);
  });
});
