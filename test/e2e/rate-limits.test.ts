import { afterEach, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { TASK_QUEUE, WAKE_SIGNAL, WORKFLOW_TYPES } from '../../workflows/contract.ts';
import { accountSyncId, legalEntitySyncId } from '../../workflows/ids.ts';
import { createEdits, relaxZendeskLimits, readingOnly } from '../fixtures/edits.ts';
import type { JournalEntry } from '../fixtures/sandbox.ts';
import { readWaits, type Wait } from '../fixtures/waits.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

/** The speed of the sandbox's clock: two minutes of Zendesk take half a minute. */
const SCALE = 4;
/** The Retry-After of the storm, in real seconds, because the product waits in real time: 12 s of the sandbox's clock. */
const STORM_RETRY_AFTER_S = 3;

/** The Retry-After of the incremental export, so long that it does not end during a test on a slow machine. */
const RETRY_AFTER_S = 600;

/** The refused requests, with the stage of the run that sends them and the name of their system. */
const REQUESTS = {
  create: { system: 'zendesk', path: 'create_many', stage: 'apply', name: 'Zendesk' },
  read: { system: 'dynamics', path: 'CustomersV3', stage: 'read', name: 'Dynamics 365' },
  token: { system: 'entra', path: 'token', stage: 'read', name: 'Microsoft Entra' },
} as const;

/** A refusal and the longest wait in seconds. A wait until a date gets shorter while the request is under way. */
interface AskedWait {
  readonly what: string;
  readonly of: keyof typeof REQUESTS;
  readonly status: number;
  readonly retryAfter: () => number | string | null;
  readonly atMostS: number;
}

describe('remote systems that ask for a wait', () => {
  const world = setUpWorld({ clockScale: SCALE });
  const edits = createEdits(world);

  afterEach(async () => {
    await world.sandbox.control('DELETE', '/faults');
    await relaxZendeskLimits(world.sandbox);
    await world.sandbox.control('PATCH', '/settings/zendesk', { maxOpenJobs: 30 });
  });

  /**
   * The sandbox's clock runs four times as fast, so the storm of 120 s lasts 30 s of real time, and each of its responses
   * asks for 3 s of real time. It begins when one of four bulk jobs is done, two are being submitted and one is still to come.
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
    // An entry is written after the response was sent, which may be a moment later than its receipt.
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
      // A step that waited by itself would take at least as long as the Retry-After.
      expect(longestStepMs).toBeLessThan(STORM_RETRY_AFTER_S * 1_000);
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
    'are waited for after $what, and requested once more after each wake',
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

  it('do not stop work for Zendesk when only F&O asks', async () => {
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
    await limitExport(RETRY_AFTER_S);
    const since = Date.now();
    const runId = await world.start({ connectionId: 'bi' });
    const wait = await waitNumber(1, 'master-sync/bi');
    const seconds = Number(/\d+/.exec(wait.summary)?.[0]);
    expect(wait.summary).toBe(`Zendesk asked us to wait (incremental): ${seconds} s`);
    expect(seconds).toBeLessThanOrEqual(RETRY_AFTER_S);
    expect(seconds).toBeGreaterThanOrEqual(RETRY_AFTER_S - Math.ceil((Date.now() - since) / 1_000));
    await edits.customer('bi', 'A1', { AddressCity: 'Kent' });
    const resync = await startAccountSync('bi', 'A1');
    expect(await resync.result()).toMatchObject({ read: 1, updated: 1 });
    expect((await edits.organization('bi:A1')).organization_fields['erp_city']).toBe('Kent');
    expect((await readWaits(world.client, resync.workflowId)).waits).toEqual([]);
    expect(await waitNumber(1, 'master-sync/bi')).toMatchObject({ state: 'waiting' });
    await world.sandbox.control('DELETE', '/faults');
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

  /** Refuses all requests for the incremental export, with the text that Zendesk uses for its own limit. */
  function limitExport(retryAfter: number): Promise<unknown> {
    const body = {
      error: 'APIRateLimitExceeded',
      description: 'Number of allowed incremental export API requests per minute exceeded',
    };
    const action = { kind: 'status', status: 429, retryAfter, body };
    return addFault({ system: 'zendesk', match: { path: 'incremental/organizations' }, times: null, action });
  }

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

  /** Waits until the workflow has begun its wait number `nth`, and returns it. */
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
      if (Date.now() > deadline) throw new Error(`This did not become true: ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});

function secondsBetween(earlier: JournalEntry | undefined, later: JournalEntry | undefined): number {
  return (Date.parse(later?.at ?? '') - Date.parse(earlier?.at ?? '')) / 1_000;
}

/** Returns a function that returns the time in some seconds, in the format of HTTP. */
function inSeconds(seconds: number): () => string {
  return () => new Date(Date.now() + seconds * 1_000).toUTCString();
}
