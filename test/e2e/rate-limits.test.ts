import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { TASK_QUEUE, WAKE_SIGNAL, WORKFLOW_TYPES } from '../../workflows/contract.ts';
import { accountSyncId, legalEntitySyncId } from '../../workflows/ids.ts';
import { createEdits, relaxZendeskLimits, readingOnly, type Edits } from '../fixtures/edits.ts';
import type { JournalEntry } from '../fixtures/sandbox.ts';
import { readWaits, type Wait } from '../fixtures/waits.ts';
import { createWorld, type World } from '../fixtures/world.ts';

/** Simulated seconds in a real one: what Zendesk does in two minutes takes half a minute here. */
const SCALE = 4;
/** What the storm tells, in real seconds, since that is how the product waits: 12 of the storm's own. */
const STORM_RETRY_AFTER_S = 3;

/** The requests that are refused: in which stage of a run they are made, and what their system is called. */
const REQUESTS = {
  create: { system: 'zendesk', path: 'create_many', stage: 'apply', name: 'Zendesk' },
  read: { system: 'dynamics', path: 'CustomersV3', stage: 'read', name: 'Dynamics 365' },
  token: { system: 'entra', path: 'token', stage: 'read', name: 'Microsoft Entra' },
} as const;

/** A refusal, and the seconds that the wait may last; one that is asked for by a date gets shorter while it is asked for. */
interface AskedWait {
  readonly what: string;
  readonly of: keyof typeof REQUESTS;
  readonly status: number;
  readonly retryAfter: () => number | string | null;
  readonly atMostS: number;
}

describe('remote systems that ask for a wait', () => {
  let world: World;
  let edits: Edits;

  beforeAll(async () => {
    world = await createWorld({ seed: 'empty', clockScale: SCALE });
    edits = createEdits(world);
    await relaxZendeskLimits(world.sandbox);
    await world.startWorker();
  });
  afterEach(async () => {
    await world.sandbox.control('DELETE', '/faults');
    await relaxZendeskLimits(world.sandbox);
    await world.sandbox.control('PATCH', '/settings/zendesk', { maxOpenJobs: 30 });
  });
  afterAll(() => world.close());

  /**
   * The sandbox's clock runs four times as fast, so the storm of 120 seconds lasts 30 of ours, and each of its answers asks
   * for 3 of ours. It begins when one of four bulk jobs is done, two are being submitted and one is still to come.
   */
  it('are asked once per Retry-After during two minutes of "too many requests", and nothing is lost', async () => {
    const numbers = [await edits.generateCustomers('sa', 150), await edits.generateCustomers('sb', 150)];
    await world.connect('stormy', readingOnly(['sa', 'sb']));
    await world.sandbox.control('DELETE', '/journal');
    const held = await hold('organizations/create_many', 1);
    const runId = await world.start({ connectionId: 'stormy' });
    await until('both legal entities submit jobs', async () => (await held.struck()) === 2);
    await addFault({ system: 'zendesk', action: { kind: 'storm', seconds: 120, retryAfter: STORM_RETRY_AFTER_S } });
    await held.release();
    const run = await world.ended(runId);

    expect(run).toMatchObject({ status: 'completed', totals: { read: 300, created: 300, rejected: 0 } });
    const organizations = await world.organizations();
    const expected = numbers.flatMap((of, index) => of.map((number) => `${index === 0 ? 'sa' : 'sb'}:${number}`));
    expect(organizations.map(({ external_id: externalId }) => externalId).sort()).toEqual(expected.sort());

    const journal = await edits.journal('zendesk');
    expect(run.requests.zendesk).toBe(journal.length);
    const refused = journal.filter(({ status }) => status === 429);
    const gapsS = refused.slice(1).map((entry, index) => secondsBetween(refused[index], entry) / SCALE);
    expect(gapsS.length).toBeGreaterThanOrEqual(6);
    // An entry is written when its answer is out, which may be a moment after it was read.
    expect(Math.min(...gapsS)).toBeGreaterThan(STORM_RETRY_AFTER_S - 0.2);
    expect(secondsBetween(refused[0], refused.at(-1))).toBeGreaterThan(90);

    for (const legalEntity of ['sa', 'sb']) {
      const { waits, limited, longestStepMs } = await readWaits(world.client, applyId(run, legalEntity));
      expect(waits.length).toBeGreaterThan(5);
      expect(waits).toHaveLength(limited);
      for (const { summary, ms, state } of waits) {
        expect([summary, state]).toEqual([expect.stringMatching(/^Zendesk asked us to wait: [123] s$/), 'over']);
        expect(ms).toBeLessThanOrEqual(STORM_RETRY_AFTER_S * 1_000);
      }
      expect(longestStepMs).toBeLessThan(2_000);
    }
    expect(run.waitedMs).toBeGreaterThan(20_000);
    expect(run.waitedMs).toBeLessThan(Date.parse(run.finishedAt ?? '') - Date.parse(run.startedAt));
  });

  const cases: readonly AskedWait[] = [
    { what: 'a 429 without Retry-After', of: 'create', status: 429, retryAfter: () => null, atMostS: 30 },
    { what: 'a 429 whose Retry-After is a date', of: 'read', status: 429, retryAfter: inSeconds(20), atMostS: 20 },
    { what: 'a 503 with Retry-After from Zendesk', of: 'create', status: 503, retryAfter: () => 25, atMostS: 25 },
    { what: 'a 503 with Retry-After from F&O', of: 'read', status: 503, retryAfter: () => 26, atMostS: 26 },
    { what: 'a 429 from Entra', of: 'token', status: 429, retryAfter: () => 27, atMostS: 27 },
  ];
  it.each(cases)(
    'are waited for after $what, and asked once more by each wake',
    async ({ of, status, retryAfter, atMostS }) => {
      const { system, path, stage, name } = REQUESTS[of];
      const id = `${system.slice(0, 2)}${status}${atMostS}`;
      await edits.connect(id, { [id]: { A1: `${id} One` } });
      await world.sandbox.control('DELETE', '/journal');
      const action = { kind: 'status', status, retryAfter: retryAfter() };
      await addFault({ system, match: { path }, times: 2, action });
      const runId = await world.start({ connectionId: id });
      const child = legalEntitySyncId({ connectionId: id, legalEntity: id, runId, stage });
      for (const nth of [1, 2]) {
        const wait = await waitNumber(nth, child);
        const seconds = Number(/^(.+) asked us to wait: (\d+) s$/.exec(wait.summary)?.[2]);
        expect(wait.summary).toBe(`${name} asked us to wait: ${seconds} s`);
        expect(Math.ceil(wait.ms / 1_000)).toBe(seconds);
        expect(seconds).toBeLessThanOrEqual(atMostS);
        expect(seconds).toBeGreaterThanOrEqual(typeof retryAfter() === 'string' ? atMostS - 10 : atMostS);
        expect(await refusalsBy(system, status)).toHaveLength(nth);
        await world.client.workflow.getHandle(child).signal(WAKE_SIGNAL);
      }
      const run = await world.ended(runId);
      expect(run).toMatchObject({ status: 'completed', totals: { read: 1, created: 1 } });
      expect(await refusalsBy(system, status)).toHaveLength(2);
      expect(run.waitedMs).toBeGreaterThan(0);
      expect(run.waitedMs).toBeLessThan(15_000);
    },
  );

  it('do not stop work for Zendesk when F&O is the one that asks', async () => {
    await edits.connect('bd', { bd: { A1: 'Dynamics One', B1: 'Dynamics Two' } });
    expect(await world.sync('bd')).toMatchObject({ totals: { created: 2 } });
    await edits.customer('bd', 'B1', { AddressCity: 'Kent' });
    const held = await hold('organizations/update_many', 0);
    const runId = await world.start({ connectionId: 'bd' });
    await until('the job is being submitted', async () => (await held.struck()) === 1);
    await addFault({ system: 'dynamics', action: { kind: 'status', status: 429, retryAfter: 60 } });
    const resync = await startAccountSync('bd', 'A1');
    expect(await waitNumber(1, resync.workflowId)).toMatchObject({ summary: 'Dynamics 365 asked us to wait: 60 s' });
    await held.release();
    const run = await world.ended(runId);
    expect(run).toMatchObject({ status: 'completed', totals: { updated: 1, unchanged: 1 }, waitedMs: 0 });
    expect(await waitNumber(1, resync.workflowId)).toMatchObject({ state: 'waiting' });
    await resync.signal(WAKE_SIGNAL);
    expect(await resync.result()).toMatchObject({ read: 1, unchanged: 1 });
  });

  it('stop only the export when the incremental export is limited', async () => {
    await edits.connect('bi', { bi: { A1: 'Export One' } });
    expect(await world.sync('bi')).toMatchObject({ totals: { created: 1 } });
    await world.sandbox.control('PATCH', '/settings/zendesk', { incrementalPerMinute: 0 });
    const runId = await world.start({ connectionId: 'bi' });
    const wait = await waitNumber(1, 'master-sync/bi');
    expect(wait.summary).toMatch(/^Zendesk asked us to wait \(incremental\): \d\d s$/);
    await edits.customer('bi', 'A1', { AddressCity: 'Kent' });
    const resync = await startAccountSync('bi', 'A1');
    expect(await resync.result()).toMatchObject({ read: 1, updated: 1 });
    expect((await edits.organization('bi:A1')).organization_fields['erp_city']).toBe('Kent');
    expect((await readWaits(world.client, resync.workflowId)).waits).toEqual([]);
    expect(await waitNumber(1, 'master-sync/bi')).toMatchObject({ state: 'waiting' });
    await relaxZendeskLimits(world.sandbox);
    await world.client.workflow.getHandle('master-sync/bi').signal(WAKE_SIGNAL);
    expect(await world.ended(runId)).toMatchObject({ status: 'completed', totals: { read: 1, unchanged: 1 } });
  });

  it('stop only jobs when Zendesk runs too many of them', async () => {
    await edits.connect('bj', { bj: { A1: 'Jobs One', B1: 'Jobs Two' } });
    expect(await world.sync('bj')).toMatchObject({ totals: { created: 2 } });
    await world.sandbox.control('PATCH', '/settings/zendesk', { maxOpenJobs: 0 });
    await edits.customer('bj', 'A1', { AddressCity: 'Kent' });
    const resync = await startAccountSync('bj', 'A1');
    const wait = await waitNumber(1, resync.workflowId);
    expect(wait).toMatchObject({ summary: 'Zendesk asked us to wait (jobs): 30 s', ms: 30_000 });
    const run = await world.sync('bj');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 2, unchanged: 2 }, requests: { zendesk: 1 } });
    expect(run.waitedMs).toBe(0);
    expect(await waitNumber(1, resync.workflowId)).toMatchObject({ state: 'waiting' });
    await world.sandbox.control('PATCH', '/settings/zendesk', { maxOpenJobs: 30 });
    await resync.signal(WAKE_SIGNAL);
    expect(await resync.result()).toMatchObject({ read: 1, updated: 1 });
    expect((await edits.organization('bj:A1')).organization_fields['erp_city']).toBe('Kent');
  });

  const applyId = ({ connectionId, runId }: RunReport, legalEntity: string): string =>
    legalEntitySyncId({ connectionId, legalEntity, runId, stage: 'apply' });

  const addFault = (fault: object): Promise<{ id: number }> => world.sandbox.control('POST', '/faults', fault);

  const refusalsBy = async (system: string, status: number): Promise<JournalEntry[]> =>
    (await edits.journal(system)).filter((entry) => entry.status === status);

  async function hold(path: string, skip: number): Promise<{ struck(): Promise<number>; release(): Promise<void> }> {
    const action = { kind: 'hold', when: 'before' };
    const { id } = await addFault({ system: 'zendesk', match: { path }, skip, times: null, action });
    return {
      async struck() {
        const { items } = await world.sandbox.control<{ items: { id: number; struck: number }[] }>('GET', '/faults');
        return items.find((fault) => fault.id === id)?.struck ?? 0;
      },
      release: () => world.sandbox.control('DELETE', `/faults/${id}`),
    };
  }

  function startAccountSync(connectionId: string, accountNumber: string): Promise<WorkflowHandle> {
    const account = { legalEntity: connectionId, kind: 'customer' as const };
    const workflowId = accountSyncId(connectionId, { ...account, key: accountNumber });
    const options = { taskQueue: TASK_QUEUE, workflowId, args: [{ connectionId, ...account, accountNumber }] };
    return world.client.workflow.start(WORKFLOW_TYPES.syncAccount, options);
  }

  /** The wait of that number, as soon as the workflow has come to it. */
  const waitNumber = (nth: number, workflowId: string): Promise<Wait> =>
    until(`${workflowId} waits`, async () => {
      const report = await readWaits(world.client, workflowId).catch(() => undefined);
      return report?.waits[nth - 1];
    });

  async function until<Found>(what: string, find: () => Promise<Found | false | undefined>): Promise<Found> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const found = await find();
      if (found !== false && found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`It never came to this: ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});

function secondsBetween(earlier: JournalEntry | undefined, later: JournalEntry | undefined): number {
  return (Date.parse(later?.at ?? '') - Date.parse(earlier?.at ?? '')) / 1_000;
}

/** A time that many seconds from now, as HTTP writes it. */
function inSeconds(seconds: number): () => string {
  return () => new Date(Date.now() + seconds * 1_000).toUTCString();
}
