import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SandboxOrganization } from '../fixtures/sandbox.ts';
import { until } from '../fixtures/stops.ts';
import { printMeasurement } from '../fixtures/print-measurement.ts';
import { startTopology, type Topology } from '../fixtures/topology.ts';
import { percentile, sendWebhooks, type DeliveryResult } from '../fixtures/webhook-load.ts';

/** For longer runs: LOAD_ACCOUNTS=5000 LOAD_PER_SECOND=50 LOAD_SECONDS=60. */
const ACCOUNTS = Number(process.env['LOAD_ACCOUNTS'] ?? 500);
const PER_SECOND = Number(process.env['LOAD_PER_SECOND'] ?? 20);
const SECONDS = Number(process.env['LOAD_SECONDS'] ?? 10);
const EVENTS = PER_SECOND * SECONDS;
/** Each ticket changes three times, and four belong to an account. */
const TICKETS = Math.ceil(EVENTS / 3);
const BUSY_ACCOUNTS = Math.ceil(TICKETS / 4);
const STATUSES = ['open', 'pending', 'hold', 'solved'] as const;
const SECRET = 'the-signing-secret-of-the-load';
/** The longest time until a response. */
const LONGEST_ANSWER_MS = 3_000;
/** The longest duration of the sync, as a multiple of its duration without load. All processes share the cores. */
const MOST_TIMES_AS_LONG = 8;

interface Run {
  readonly status: string;
  readonly totals: Readonly<Record<string, number>>;
}

interface ListedEvent {
  readonly eventId: string;
  readonly verdict: string;
  readonly outcome: string | null;
}

describe(`${PER_SECOND} webhooks a second for ${SECONDS} s, and a sync of ${ACCOUNTS} accounts meanwhile`, () => {
  let topology: Topology;
  let hook: string;
  let organizations: Map<string, number>;
  let firstTicket: number;
  let round = 0;

  beforeAll(async () => {
    topology = await startTopology();
    await topology.startWorker();
    const { control } = topology.sandbox;
    await control('POST', '/state/dynamics/customers/generate', { legalEntity: 'usmf', count: ACCOUNTS });
    await topology.apply('contoso', 'usmf', { zendesk: { webhookSecret: SECRET } });
    const { hooks } = await topology.ledgerdesk<{ hooks: { zendesk: string } }>('connection', 'show', 'contoso');
    hook = hooks.zendesk;
    const created = { status: 'completed', totals: { read: ACCOUNTS, created: ACCOUNTS } };
    expect(await topology.ledgerdesk('sync', 'contoso', '--wait')).toMatchObject(created);
    const { items } = await control<{ items: SandboxOrganization[] }>('GET', '/state/zendesk/organizations');
    organizations = new Map(items.map(({ external_id: key, id }) => [key ?? '', id]));
    const busy = items.slice(0, BUSY_ACCOUNTS).map(({ id }) => id);
    const tickets = { count: TICKETS, organizationIds: busy, silent: true };
    ({ from: firstTicket } = await control<{ from: number }>('POST', '/state/zendesk/tickets/generate', tickets));
  }, 300_000);
  afterAll(() => topology.close());

  it('get a response in time, do not starve the sync, and lose no event', async () => {
    await changeAccounts();
    const alone = [await timeSync()];
    await changeAccounts();
    const sending = sendWebhooks({ url: hook, secret: SECRET, perSecond: PER_SECOND, seconds: SECONDS, ticketsOf });
    const [delivered, loaded] = await Promise.all([sending, timeSync()]);
    expect(delivered.filter(({ longestMs }) => longestMs > LONGEST_ANSWER_MS)).toEqual([]);
    expect(delivered.filter(({ statuses }) => ![200, 202].includes(statuses.at(-1) ?? 0))).toEqual([]);
    await expectNothingLost(delivered);
    await until('every annotation is right', async () => (await wrongAnnotations()).length === 0, 120_000);
    await changeAccounts();
    alone.push(await timeSync());
    report(delivered, { alone, loaded });
    expect(loaded).toBeLessThan(Math.max(...alone) * MOST_TIMES_AS_LONG);
  }, 600_000);

  async function changeAccounts(): Promise<void> {
    round += 1;
    const keys = [...organizations.keys()];
    const city = `City ${round}`;
    for (let from = 0; from < keys.length; from += 50) {
      const path = (key: string): string => `/state/dynamics/customers/usmf/${encodeURIComponent(key)}`;
      const some = keys.slice(from, from + 50);
      await Promise.all(some.map((key) => topology.sandbox.control('PUT', path(key), { AddressCity: city })));
    }
  }

  /** Changes the accounts and syncs them. Returns the duration in ms. */
  async function timeSync(): Promise<number> {
    const since = performance.now();
    const run = await topology.ledgerdesk<Run>('sync', 'contoso', '--wait');
    expect(run).toMatchObject({ status: 'completed', totals: { read: ACCOUNTS, updated: ACCOUNTS } });
    return performance.now() - since;
  }

  /** Changes the tickets of one second in Zendesk, and returns their ids. */
  async function ticketsOf(second: number): Promise<number[]> {
    const events = Array.from({ length: PER_SECOND }, (_, nth) => second * PER_SECOND + nth);
    const changes = events.map((nth) => ({ id: firstTicket + (nth % TICKETS), status: statusOf(nth) }));
    for (const status of STATUSES) {
      const ids = changes.filter((change) => change.status === status).map(({ id }) => id);
      const change = { where: { ids }, set: { status }, silent: true };
      if (ids.length > 0) await topology.sandbox.control('POST', '/state/zendesk/tickets/change', change);
    }
    return changes.map(({ id }) => id);
  }

  function statusOf(nth: number): (typeof STATUSES)[number] {
    return STATUSES[((nth % TICKETS) + Math.floor(nth / TICKETS)) % STATUSES.length] ?? 'open';
  }

  async function expectNothingLost(delivered: readonly DeliveryResult[]): Promise<void> {
    const since = performance.now();
    let events: ListedEvent[] = [];
    await until(
      'every event has an outcome',
      async () => {
        ({ items: events } = await topology.ledgerdesk<{ items: ListedEvent[] }>('events', 'contoso'));
        return events.every(({ outcome }) => outcome !== null);
      },
      120_000,
    );
    printMeasurement(`every event had an outcome ${((performance.now() - since) / 1_000).toFixed(1)} s after all that`);
    const accepted = events.filter(({ verdict }) => verdict === 'accepted');
    expect(accepted.map(({ eventId }) => eventId).sort()).toEqual(delivered.map(({ eventId }) => eventId).sort());
    expect(new Set(accepted.map(({ outcome }) => outcome))).toEqual(new Set(['read']));
  }

  /** Returns the accounts whose memo differs from the tickets in Zendesk. */
  async function wrongAnnotations(): Promise<string[]> {
    const { control } = topology.sandbox;
    const [tickets, customers] = await Promise.all([
      control<{ items: { organization_id: number; status: string }[] }>('GET', '/state/zendesk/tickets'),
      control<{ items: { key: string; values: { SalesMemo: string } }[] }>('GET', '/state/dynamics/customers'),
    ]);
    const counts = new Map<number, Record<string, number>>();
    for (const { organization_id: id, status } of tickets.items) {
      const count = counts.get(id) ?? {};
      counts.set(id, { ...count, [status]: (count[status] ?? 0) + 1 });
    }
    expect(counts.size).toBe(BUSY_ACCOUNTS);
    return customers.items.flatMap(({ key, values: { SalesMemo: memo } }) => {
      const count = counts.get(organizations.get(key) ?? 0);
      if (count === undefined) return [];
      const line = `Open: ${count['open'] ?? 0} (urgent: 0), pending: ${count['pending'] ?? 0}, on hold: ${count['hold'] ?? 0}`;
      return memo.includes(line) ? [] : [`${key}: not "${line}" but ${memo}`];
    });
  }
});

function report(
  delivered: readonly DeliveryResult[],
  { alone, loaded }: { alone: readonly number[]; loaded: number },
): void {
  const first = delivered.map(({ firstMs }) => firstMs);
  const atOnce = delivered.filter(({ statuses }) => statuses[0] === 202).length;
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => `${percentile(first, share).toFixed(0)} ms`);
  printMeasurement(`${delivered.length} deliveries: p50 ${p50}, p99 ${p99}, longest ${max}`);
  printMeasurement(`${((100 * atOnce) / delivered.length).toFixed(2)} % were answered 202 at the first time`);
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
  printMeasurement(
    `the sync took ${alone.map(seconds).join(' and ')} s alone and ${seconds(loaded)} s under load, ` +
      `${(loaded / Math.max(...alone)).toFixed(1)} times the longer`,
  );
}
