import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_TOKEN, startApiProcess } from '../fixtures/api-process.ts';
import { bytesAsText, findPayloads, inClear, type History } from '../fixtures/payloads.ts';
import { startProductWorker, type ProductWorker } from '../fixtures/product-worker.ts';
import { until } from '../fixtures/stops.ts';
import { startTraceCollector, type ReceivedSpan, type TraceCollector } from '../fixtures/trace-collector.ts';
import { readPayload } from '../fixtures/waits.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('the traces of a sync, with payloads encrypted', () => {
  const world = setUpWorld({ seed: 'distributor', limits: 'sandbox', encrypted: true, worker: false });
  let collector: TraceCollector;
  let worker: ProductWorker;
  let spans: readonly ReceivedSpan[];
  /** The histories as Temporal stores them. */
  let histories: { id: string; history: History }[];

  beforeAll(async () => {
    collector = await startTraceCollector();
    await world.connect('contoso');
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '200' };
    const [api, started] = await Promise.all([startApiProcess(world, { env }), startProductWorker(world, env)]);
    worker = started;
    await world.sandbox.control('POST', '/faults', {
      ...{ system: 'dynamics', match: { path: 'CustomersV3' }, times: 1 },
      action: { kind: 'status', status: 500 },
    });
    const { body } = await api.request('POST', '/api/connections/contoso/sync', {});
    expect(await world.ended((body as { runId: string }).runId)).toMatchObject({ status: 'completed' });
    await worker.stop();
    await until('the start has arrived', () => Promise.resolve(named('StartWorkflow:syncMasterData').length > 0));
    spans = collector.spans();
    histories = await readHistories();
  });
  afterAll(() => collector.close());

  async function readHistories(): Promise<typeof histories> {
    const read: typeof histories = [];
    for await (const { workflowId: id, runId } of world.client.workflow.list())
      read.push({ id, history: await world.client.workflow.getHandle(id, runId).fetchHistory() });
    return read;
  }

  const named = (name: string): readonly ReceivedSpan[] => collector.spans().filter((span) => span.name === name);

  /** Returns the names of a span and its ancestors, up to the root. */
  const wayTo = (span: ReceivedSpan): readonly string[] => {
    const parent = spans.find(({ spanId, traceId }) => spanId === span.parentSpanId && traceId === span.traceId);
    return parent === undefined ? [span.name] : [...wayTo(parent), span.name];
  };

  it('lead from the request to the api through workflow and child to the step, as one trace', () => {
    const others = spans.filter(({ traceId }) => traceId !== named('StartWorkflow:syncMasterData')[0]?.traceId);
    expect(new Set(others.map(({ name }) => name))).toEqual(new Set(['DescribeWorkflow']));
    const sync = ['StartWorkflow:syncMasterData', 'RunWorkflow:syncMasterData'];
    const child = [...sync, 'StartChildWorkflow:syncLegalEntity', 'RunWorkflow:syncLegalEntity'];
    const [first] = named('RunActivity:beginRun');
    const [page] = named('RunActivity:readRecordsPage');
    if (first === undefined || page === undefined) throw new Error('The steps are not among the spans.');
    expect(wayTo(first)).toEqual([...sync, 'StartActivity:beginRun', 'RunActivity:beginRun']);
    expect(wayTo(page)).toEqual([...child, 'StartActivity:readRecordsPage', 'RunActivity:readRecordsPage']);
  });

  it('leave in Temporal nothing in clear but the ids of trace and span, and fail no workflow task', () => {
    expect(histories.length).toBeGreaterThan(4);
    const all = histories.flatMap(({ id, history }) => findPayloads(history, id));
    const clear = inClear(all);
    expect(clear.length).toBeGreaterThan(20);
    // The SDK records the id of a patch in clear.
    for (const { path, payload } of clear.filter((each) => !each.path.includes('.patch-data.'))) {
      expect(path).toMatch(/\.header\.fields\._tracer-data$/);
      expect(bytesAsText(payload.data)).toMatch(/^\{"traceparent":"00-[0-9a-f]{32}-[0-9a-f]{16}-01"\}$/);
    }
    expect(all.filter(({ payload }) => payload.metadata?.['encryption-key-id']).length).toBeGreaterThan(50);
    const events = histories.flatMap(({ history }) => history.events ?? []);
    expect(events.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([]);
  });

  it('show that an attempt has failed, but not what it says', () => {
    const failed = spans.filter(({ status }) => status.code === 2);
    expect(failed.map(({ name }) => name)).toContain('RunActivity:readRecordsPage');
    for (const { status, events } of spans) {
      expect(status).toEqual({ code: status.code });
      expect(events).toEqual([]);
    }
  });

  it('are named in the log line of the step that failed', () => {
    const [start] = named('StartWorkflow:syncMasterData');
    const lines = worker.logged().map((line) => JSON.parse(line) as Record<string, unknown>);
    const failed = lines.filter(({ activityType }) => activityType === 'readRecordsPage');
    expect(failed).toMatchObject([{ msg: 'Activity failed', traceId: start?.traceId }]);
  });

  it('carry ids and types only', async () => {
    const keys = new Set(spans.flatMap(({ attributes }) => attributes.map(({ key }) => key)));
    expect([...keys].sort()).toEqual([
      ...['attempt', 'namespace', 'runId', 'run_id', 'taskQueue', 'temporalActivityId', 'temporalWorkflowId'],
      ...['workflowId', 'workflowType'],
    ]);
    const sent = collector.bodies().join('\n');
    const organizations = await world.organizations();
    expect(organizations.length).toBeGreaterThan(5);
    const { clientSecret, zendeskToken } = world.sandbox;
    const secrets = [clientSecret, zendeskToken, ADMIN_TOKEN, world.databaseUrl, ...Object.values(world.keysEnv)];
    for (const hidden of [...organizations.map(({ name }) => name), ...secrets]) expect(sent).not.toContain(hidden);
  });

  it('hold nothing of payloads, which Temporal keeps encrypted', async () => {
    const sent = collector.bodies().join('\n');
    const encrypted = histories.flatMap(({ id, history }) =>
      findPayloads(history, id).filter(({ payload }) => payload.metadata?.['encryption-key-id']),
    );
    const values = await Promise.all(encrypted.map(({ payload }) => readPayload<unknown>(world.client, payload)));
    const members = values.flatMap(membersOf);
    expect(members).toEqual(expect.arrayContaining(['connectionId', 'totals', 'message']));
    const ofSpans = new Set(['workflowId', 'runId', 'kind', 'status']);
    expect(members.filter((member) => !ofSpans.has(member) && sent.includes(`"${member}"`))).toEqual([]);
    const sentences = values.flatMap((value) => {
      const text = typeof value === 'string' ? value : (value as { message?: unknown } | null)?.message;
      return typeof text === 'string' && text.includes(' ') ? [text] : [];
    });
    expect(sentences).toContainEqual(expect.stringContaining('Dynamics 365: 500'));
    expect(sentences.length).toBeGreaterThan(20);
    expect(sentences.filter((sentence) => sent.includes(sentence))).toEqual([]);
  });
});

/** Returns the names of all members of a value, at any depth. */
function membersOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    ...(Array.isArray(value) ? [] : [name]),
    ...membersOf(member),
  ]);
}
