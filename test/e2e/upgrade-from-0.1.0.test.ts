import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readLinks, downgradeStore } from '../fixtures/downgraded-store.ts';
import { setStop, until } from '../fixtures/stops.ts';
import { startTopology, type ProductProcess, type Topology } from '../fixtures/topology.ts';

const ACCOUNTS = 1_000;
const CONTACTS = 200;
/** Accounts of the run that is under way. */
const LEFT = 5;
const DAY_MS = 86_400_000;

interface Run {
  readonly runId: string;
  readonly status: string;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly totals: Readonly<Record<string, number>>;
  readonly requests: Readonly<Record<string, number>>;
}

interface Listed<Item> {
  readonly items: readonly Item[];
}

/** A connection of 1,000 accounts and 200 contacts, one that is paused, and one with a run under way, of a store of 0.1.0. */
describe('an upgrade from 0.1.0', () => {
  let topology: Topology;
  let worker: ProductProcess;
  let before: object;
  let interrupted: string;
  let children: readonly string[];

  const generate = (kind: 'customers' | 'contacts', legalEntity: string, count: number): Promise<unknown> =>
    topology.sandbox.control('POST', `/state/dynamics/${kind}/generate`, { legalEntity, count });
  const writes = async (): Promise<readonly string[]> =>
    (await topology.journal('zendesk'))
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`);

  const show = (id: string) => topology.ledgerdesk<Record<string, unknown>>('connection', 'show', id);

  /** Returns what an upgrade must keep: the settings, the ingress URLs and the schedules. */
  async function readKept(id: string): Promise<object> {
    const shown = { ...(await show(id)), go: undefined, noGo: undefined };
    const { items } = await topology.ledgerdesk<Listed<Record<string, unknown>>>('schedule', id);
    return {
      shown,
      schedules: items.map(({ id: name, everyMs, paused, note }) => ({ name, everyMs, paused, note })),
    };
  }

  async function readAllKept(): Promise<object> {
    const links = await readLinks(topology.servers.databaseUrl);
    return { links, large: await readKept('large'), resting: await readKept('resting') };
  }

  async function startInterruptedRun(): Promise<void> {
    await generate('customers', 'frrt', LEFT);
    const request = { system: 'zendesk', path: 'job_statuses', when: 'before' } as const;
    const { sandbox, servers } = topology;
    const stop = await setStop({ sandbox, databaseUrl: servers.databaseUrl }, { name: 'the job is polled', request });
    interrupted = (await topology.ledgerdesk<{ runId: string }>('sync', 'under-way')).runId;
    await stop.reached();
    children = await running('syncLegalEntity');
    await worker.kill();
    await stop.release();
  }

  async function running(type?: string): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const workflow of topology.client.workflow.list({ query: `ExecutionStatus = 'Running'` }))
      if (type === undefined || workflow.type === type) found.push(workflow.workflowId);
    return found;
  }

  /** Zendesk's export leaves out the newest minute. */
  function untilExported(): Promise<void> {
    const headers = { authorization: `Bearer ${topology.sandbox.zendeskToken}` };
    const url = `${topology.sandbox.zendesk}/api/v2/incremental/organizations.json?start_time=0&per_page=1000`;
    return until('the export shows all organizations', async () => {
      const { count } = (await (await fetch(url, { headers })).json()) as { count?: number };
      return count === ACCOUNTS;
    });
  }

  beforeAll(async () => {
    topology = await startTopology({ clockScale: 60 });
    worker = await topology.startWorker();
    await generate('customers', 'usmf', ACCOUNTS);
    await generate('contacts', 'usmf', CONTACTS);
    await topology.apply('large', 'usmf', { sync: { contacts: true } });
    await topology.apply('resting', 'gbsi');
    await topology.apply('under-way', 'frrt');
    const first = await topology.ledgerdesk<Run>('sync', 'large', '--wait');
    expect(first).toMatchObject({ status: 'completed', totals: { created: ACCOUNTS + CONTACTS } });
    await untilExported();
    await topology.ledgerdesk('schedule', 'resting', 'pause');
    await startInterruptedRun();
    before = await readAllKept();
    await topology.restartApi(() => downgradeStore(topology.servers.databaseUrl));
  }, DAY_MS);
  afterAll(() => topology.close());

  it('keeps links, external ids, addresses and pauses', async () => {
    expect(await readAllKept()).toEqual(before);
  });

  it('gives its go to a connection that has synced or was about to, and to no other', async () => {
    const given = { go: [{ legalEntity: '*', kind: '*', by: 'upgrade' }], revision: 1 };
    expect(await show('large')).toMatchObject(given);
    expect(await show('under-way')).toMatchObject(given);
    expect(await show('resting')).toMatchObject({ go: [], noGo: { code: 'no_go' } });
  });

  it('has ended the run that was under way, and says why', async () => {
    const run = await topology.ledgerdesk<Run>('run', interrupted);
    expect(run).toMatchObject({ status: 'cancelled', error: { code: 'upgraded' } });
    expect(run.error?.message).toContain('started again');
  });

  it('starts that run again once a worker is there, and each account gets one organization', async () => {
    worker = await topology.startWorker();
    const latest = async (): Promise<Run | undefined> =>
      (await topology.ledgerdesk<Listed<Run>>('runs', 'under-way')).items[0];
    await until('the run that was started again has ended', async () => (await latest())?.status === 'completed');
    const run = await latest();
    expect(run?.runId).not.toBe(interrupted);
    expect(run).toMatchObject({ totals: { read: LEFT, rejected: 0 }, error: null });
    const organizations = await topology.sandbox.control<Listed<{ external_id: string | null }>>(
      'GET',
      '/state/zendesk/organizations',
    );
    const ids = organizations.items.map(({ external_id: id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([ACCOUNTS + LEFT, ACCOUNTS + LEFT]);
  });

  it('leaves no workflow of the former version', async () => {
    for (const workflowId of children)
      expect((await topology.client.workflow.getHandle(workflowId).describe()).status.name).toBe('TERMINATED');
    expect(await running()).toEqual([]);
  });

  it('costs the next run about one request per 1,000 organizations and no write', async () => {
    await topology.sandbox.control('DELETE', '/journal');
    const run = await topology.ledgerdesk<Run>('sync', 'large', '--wait');
    expect(run).toMatchObject({
      status: 'completed',
      totals: { read: ACCOUNTS + CONTACTS, unchanged: ACCOUNTS + CONTACTS },
    });
    expect(await writes()).toEqual([]);
    // The fields of organizations and users, the export of all organizations, and the users by hundreds.
    expect(run.requests['zendesk']).toBeLessThanOrEqual(2 + 2 + CONTACTS / 100 + 1);
    await topology.sandbox.control('DELETE', '/journal');
    await topology.ledgerdesk<Run>('sync', 'large', '--wait');
    expect((await topology.journal('zendesk')).map(({ method }) => method)).toEqual(['GET']);
  });
});
