import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SandboxOrganization } from '../fixtures/sandbox.ts';
import { setStop, until, type ActiveStop } from '../fixtures/stops.ts';
import { startTopology, type ProductProcess, type Topology } from '../fixtures/topology.ts';
import { printMeasurement } from '../fixtures/print-measurement.ts';

/** For longer runs: TOPOLOGY_OUTAGE_MS=18000, after which running steps count as lost. The command line waits for 30 s. */
const ACCOUNTS = Number(process.env['TOPOLOGY_ACCOUNTS'] ?? 2_000);
const OUTAGE_MS = Number(process.env['TOPOLOGY_OUTAGE_MS'] ?? 5_000);
/** A job has 100 rows. */
const JOBS = ACCOUNTS / 100;
/** The longest time until the product works again. A lost step is detected after 15 s, a failed one is repeated after up to 60 s. */
const LONGEST_RETURN_MS = 90_000;

const CREATE = 'organizations/create_many';
/** The result of a job is read by looking up its rows. */
const LOOK_UP = 'organizations/show_many';

interface Outage<Next> {
  readonly cause: () => Promise<void>;
  /** The parts that `/readyz` must report as missing. */
  readonly missing?: readonly string[];
  readonly repair?: () => Promise<void>;
  /** Sets the next stop, before the held request is released. */
  readonly next?: () => Promise<Next>;
}

interface Run {
  readonly runId: string;
  readonly status: string;
  readonly totals: Readonly<Record<string, number>>;
}

describe('the api and two workers as separate processes', () => {
  let topology: Topology;
  const workers: ProductProcess[] = [];

  beforeAll(async () => {
    topology = await startTopology();
    workers.push(...(await Promise.all([topology.startWorker(), topology.startWorker()])));
    await until('everything is ready', async () => (await topology.readyz()).status === 200);
    await topology.sandbox.control('POST', '/state/dynamics/customers/generate', {
      legalEntity: 'usmf',
      count: ACCOUNTS,
    });
    await topology.apply('contoso', 'usmf');
  });
  afterAll(() => topology.close());

  it(`complete a sync of ${ACCOUNTS} accounts, once each, while a worker, Temporal and PostgreSQL are killed`, async () => {
    const begun = performance.now();
    const first = await hold(CREATE, Math.floor(JOBS / 2) - 1);
    const syncing = topology.ledgerdesk<Run>('sync', 'contoso', '--wait');
    const tooSoon = syncing.then((run) => Promise.reject(new Error(`The sync ended too soon: ${JSON.stringify(run)}`)));
    const meanwhile = <Result>(work: Promise<Result>) => Promise.race([work, tooSoon]);
    await meanwhile(first.reached());
    const [{ runId } = { runId: '' }] = await runs();

    const lost = await topology.busyWorker(workers);
    const replaced = lost.exited.then(async () => workers.push(await topology.startWorker()));
    const second = await meanwhile(
      causeOutage('a worker', first, { cause: () => lost.kill(), next: () => hold(CREATE, Math.floor(JOBS / 4)) }),
    );
    await replaced;

    const { temporal, postgres } = topology.servers;
    const third = await meanwhile(
      causeOutage('Temporal', second, {
        cause: () => temporal.kill(),
        missing: ['temporal', 'worker'],
        repair: () => temporal.start(),
        next: () => hold(LOOK_UP, Math.floor(JOBS / 4)),
      }),
    );
    await meanwhile(
      causeOutage('PostgreSQL', third, {
        cause: () => postgres.kill(),
        missing: ['store'],
        repair: () => postgres.start(),
      }),
    );

    const run = await syncing;
    printMeasurement(`the sync of ${ACCOUNTS} accounts took ${seconds(performance.now() - begun)} in all`);
    expect(run).toMatchObject({ runId, status: 'completed', totals: { read: ACCOUNTS, created: ACCOUNTS } });
    const { read, ...outcomes } = run.totals;
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(read);
    expect(await runs()).toHaveLength(1);
    const others = [topology.api, ...workers.filter((worker) => worker !== lost)];
    expect(others.map((each) => each.isRunning())).toEqual([true, true, true]);
    await expectOneEach();
  }, 400_000);

  it('find nothing to write afterwards', async () => {
    await topology.sandbox.control('DELETE', '/journal');
    const run = await topology.ledgerdesk<Run>('sync', 'contoso', '--wait');
    expect(run).toMatchObject({ status: 'completed', totals: { read: ACCOUNTS, unchanged: ACCOUNTS } });
    expect((await topology.journal('zendesk')).filter(({ effect }) => effect)).toEqual([]);
    expect((await topology.journal('dynamics')).filter(({ effect }) => effect)).toEqual([]);
  });

  const runs = async () => (await topology.ledgerdesk<{ items: Run[] }>('runs', 'contoso')).items;

  /** Holds the response of a request, after `skip` others. */
  function hold(path: string, skip: number): Promise<ActiveStop> {
    const { sandbox, servers } = topology;
    const request = { system: 'zendesk', path, skip, when: 'after' } as const;
    return setStop({ sandbox, databaseUrl: servers.databaseUrl }, { name: `${path} after ${skip}`, request });
  }

  /**
   * Causes an outage while a request is held, releases the request, and repairs the outage after a while. Measures the
   * time until the next request to Zendesk. Waits for the next stop and returns it.
   */
  async function causeOutage<Next extends ActiveStop | undefined>(what: string, held: ActiveStop, plan: Outage<Next>) {
    const since = performance.now();
    const elapsed = () => performance.now() - since;
    await plan.cause();
    const next = await plan.next?.();
    await held.release();
    if (plan.missing) await expectMissing(plan.missing);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, (plan.missing ? OUTAGE_MS : 1_000) - elapsed())));
    const last = (await topology.journal('zendesk')).at(-1)?.n ?? 0;
    await plan.repair?.();
    const away = elapsed();
    await until('everything is ready', async () => (await topology.readyz()).status === 200, LONGEST_RETURN_MS);
    const ready = elapsed();
    const isAsked = async () => (await topology.journal('zendesk', last)).length > 0;
    await until('Zendesk is asked again', isAsked, LONGEST_RETURN_MS);
    printMeasurement(
      `${what}: gone for ${seconds(away)}, /readyz 200 after ${seconds(ready)}, at work after ${seconds(elapsed())}`,
    );
    await next?.reached();
    return next as Next;
  }

  async function expectMissing(parts: readonly string[]): Promise<void> {
    await until(`${parts.join(' and ')} are missed`, async () => (await topology.readyz()).status === 503);
    expect((await topology.readyz()).missing).toEqual(parts);
    expect((await fetch(`${topology.apiUrl}/healthz`)).status).toBe(200);
  }

  async function creates() {
    const entries = await topology.journal('zendesk');
    return entries.filter(({ path, effect }) => effect && path.includes(CREATE));
  }

  async function expectOneEach(): Promise<void> {
    const { control } = topology.sandbox;
    const [customers, organizations] = await Promise.all([
      control<{ items: { key: string }[] }>('GET', '/state/dynamics/customers'),
      control<{ items: SandboxOrganization[] }>('GET', '/state/zendesk/organizations'),
    ]);
    const numbers = customers.items.map(({ key }) => key).sort();
    expect(numbers).toHaveLength(ACCOUNTS);
    const ids = (rows: readonly { external_id: string | null }[]) => rows.map((row) => row.external_id).sort();
    expect(ids(organizations.items)).toEqual(numbers);
    const sent = (await creates()).flatMap(
      ({ body }) => (body as { organizations: SandboxOrganization[] }).organizations,
    );
    expect(ids(sent)).toEqual(numbers);
  }
});

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
