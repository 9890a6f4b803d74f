import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startProductWorker, type ProductWorker } from '../fixtures/product-worker.ts';
import { until } from '../fixtures/stops.ts';
import { startTraceCollector, type TraceCollector } from '../fixtures/trace-collector.ts';
import { readWaits } from '../fixtures/waits.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

/** Long enough for a worker to end during the wait. */
const WAIT_S = 12;

/** Writes the loaded files to a file when a process ends. */
const WRITE_LOADED = `data:text/javascript,${encodeURIComponent(`
  import { writeFileSync } from 'node:fs';
  import { Module } from 'node:module';
  process.on('exit', () => {
    const loaded = Object.keys(Module._cache);
    writeFileSync(process.env.LOADED_FILE, JSON.stringify(loaded));
  });
`)}`;

describe('a run during which tracing is switched on and off again', () => {
  const world = setUpWorld({ seed: 'distributor', limits: 'sandbox', encrypted: true, worker: false });
  let collector: TraceCollector;
  let workers: { worker: ProductWorker; loadedFile: string }[];
  let runId: string;
  let directory: string;

  beforeAll(async () => {
    workers = [];
    directory = await mkdtemp(join(tmpdir(), 'ledgerdesk-loaded-'));
    collector = await startTraceCollector();
    await world.connect('contoso', (settings) => ({
      ...settings,
      dynamics: { ...settings.dynamics, legalEntities: ['usmf'] },
    }));
    for (const [system, path] of [
      ['dynamics', 'CustomersV3'],
      ['zendesk', 'organizations/create_many'],
    ])
      await world.sandbox.control('POST', '/faults', {
        ...{ system, match: { path }, times: 1 },
        action: { kind: 'status', status: 429, retryAfter: WAIT_S },
      });
    await startWorker({});
    runId = await world.start({ connectionId: 'contoso' });
    await waiting('read');
    await stopWorker();
    await startWorker({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await waiting('apply');
    await stopWorker();
    await startWorker({});
    expect(await world.ended(runId)).toMatchObject({ status: 'completed' });
    await stopWorker();
  });
  afterAll(async () => {
    await collector.close();
    await rm(directory, { recursive: true });
  });

  async function startWorker(env: Readonly<Record<string, string>>): Promise<void> {
    const loadedFile = join(directory, `${workers.length}.json`);
    const more = { ...env, NODE_OPTIONS: `--import=${WRITE_LOADED}`, LOADED_FILE: loadedFile };
    workers.push({ worker: await startProductWorker(world, more), loadedFile });
  }

  const stopWorker = () => workers.at(-1)?.worker.stop();

  const waiting = (stage: string) =>
    until(`the stage ${stage} waits`, async () => {
      const id = `legal-entity-sync/contoso/usmf/${runId}/${stage}`;
      const { waits } = await readWaits(world.client, id).catch(() => ({ waits: [] }));
      return waits.some(({ state }) => state === 'waiting');
    });

  it('is continued by all three workers, with and without tracing, without a failed workflow task', async () => {
    const { events } = await world.client.workflow.getHandle('master-sync/contoso', runId).fetchHistory();
    const started = (events ?? []).flatMap(({ workflowTaskStartedEventAttributes: task }) => task?.identity ?? []);
    const pids = workers.map(({ worker }) => String(worker.pid));
    expect([...new Set(started.map((identity) => identity.split('@')[0]))]).toEqual(pids);
    for await (const { workflowId } of world.client.workflow.list()) {
      const history = await world.client.workflow.getHandle(workflowId).fetchHistory();
      const failed = history.events?.filter((event) => event.workflowTaskFailedEventAttributes);
      expect([workflowId, failed]).toEqual([workflowId, []]);
    }
  });

  it('has spans of the steps that the tracing worker did', () => {
    const names = new Set(collector.spans().map(({ name }) => name));
    expect(names).toContain('RunActivity:reserveRecords');
    expect(names).not.toContain('RunActivity:beginRun');
  });

  it('loads OpenTelemetry only in the tracing worker', async () => {
    const loaded = await Promise.all(
      workers.map(async ({ loadedFile }) => JSON.parse(await readFile(loadedFile, 'utf8')) as string[]),
    );
    const counts = loaded.map((files) => files.filter((file) => file.includes('opentelemetry')).length);
    expect(counts).toEqual([0, expect.any(Number), 0]);
    expect(counts[1]).toBeGreaterThan(10);
    for (const files of loaded) expect(files.some((file) => file.includes('@temporalio/worker'))).toBe(true);
  });
});
