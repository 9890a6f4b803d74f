import { beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startApiProcess, type ApiProcess } from '../fixtures/api-process.ts';
import { startBreakableProxy, type BreakableProxy } from '../fixtures/breakable-proxy.ts';
import { createRandom } from '../fixtures/random-choices.ts';
import { createErpIngress, type IngressResponse, type ErpIngress, type SentEvent } from '../fixtures/erp-ingress.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { lockTable } from '../fixtures/table-lock.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

/** For longer runs: INGRESS_KILLS=50 INGRESS_OUTAGE_EVENTS=500. */
const KILLS = Number(process.env['INGRESS_KILLS'] ?? 8);
const OUTAGE_EVENTS = Number(process.env['INGRESS_OUTAGE_EVENTS'] ?? 50);
const SEED = Number(process.env['INGRESS_SEED'] ?? 20_261_127);
const AT_ONCE = 4;
/** The longest time until a sender must get the response 503. */
const LONGEST_RESPONSE_MS = 3_500;

interface Sent {
  readonly key: string;
  readonly event: SentEvent;
  readonly response: IngressResponse;
}

describe('the endpoint for events of F&O during an outage', () => {
  const world = setUpWorld();
  const edits = createEdits(world);
  let proxy: BreakableProxy;
  let api: ApiProcess;
  let ingress: ErpIngress;
  let keys: string[];
  const random = createRandom(SEED);

  beforeAll(async () => {
    keys = await edits.generateCustomers('ot', Math.max(KILLS * AT_ONCE, OUTAGE_EVENTS));
    await world.connect('outage', readingOnly(['ot']));
    proxy = await startBreakableProxy(process.env['TEST_TEMPORAL_ADDRESS'] ?? '');
    world.beforeClose(() => proxy.close());
    api = await startApiProcess(world, { temporalAddress: proxy.address });
    expect(await world.sync('outage')).toMatchObject({ status: 'completed', totals: { created: keys.length } });
    ingress = await createErpIngress({ world, api, edits }, 'outage');
  });

  /** Changes each customer's city, and sends an event for each, all at once. Returns the events and the responses. */
  async function send(
    some: readonly string[],
    city: string,
    meanwhile?: (sending: Sending) => Promise<void>,
  ): Promise<Sent[]> {
    await Promise.all(some.map((key) => edits.customer('ot', key, { AddressCity: `${city} ${key}` })));
    const events = some.map((key) => ({ key, event: ingress.event('ot', key) }));
    const sending = events.map(async (one) => ({ ...one, response: await ingress.post(one.event) }));
    await meanwhile?.(sending);
    return Promise.all(sending);
  }

  type Sending = readonly Promise<Sent>[];

  const isAccepted = ({ response: { status } }: Sent): boolean => status !== null && status >= 200 && status < 300;

  /** The moments between verification and response at which the API is killed. */
  const moments: readonly (readonly [string, (some: readonly string[], city: string) => Promise<Sent[]>])[] = [
    [
      'before the event is stored',
      async (some, city) => {
        const lock = await lockTable(world.databaseUrl, 'events');
        const sent = await send(some, city, async () => {
          await lock.reached();
          await api.kill();
        });
        await lock.terminateWaiting();
        await lock.release();
        return sent;
      },
    ],
    [
      'before Temporal receives it',
      async (some, city) => {
        proxy.setState('silent');
        return send(some, city, killedAfter(300));
      },
    ],
    [
      'after Temporal has accepted it',
      async (some, city) => {
        proxy.setState('one-way');
        return send(some, city, killedAfter(300));
      },
    ],
    [
      'under load, as soon as one event has a response',
      (some, city) =>
        send(some, city, async (sending) => {
          await Promise.race(sending);
          await killedAfter(random(10))();
        }),
    ],
  ];

  const killedAfter = (ms: number) => async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await api.kill();
  };

  it(
    `loses no event that it has accepted, killed ${KILLS} times between verification and response (seed ${SEED})`,
    async () => {
      const sent: Sent[] = [];
      const accepted: number[] = [];
      for (let nth = 0; nth < KILLS; nth += 1) {
        const [, kill] = moments[nth % moments.length] ?? [];
        const some = keys.slice(nth * AT_ONCE, (nth + 1) * AT_ONCE);
        const round = (await kill?.(some, `Kill ${nth}`)) ?? [];
        sent.push(...round);
        accepted.push(round.filter(isAccepted).length);
        proxy.setState('open');
        await api.restart();
      }
      expect(accepted.filter((_count, nth) => nth % moments.length !== 3 && accepted[nth] !== 0)).toEqual([]);
      await ingress.handled();
      const kept = sent.filter(isAccepted);
      expect(kept.length).toBeGreaterThan(0);
      expect(
        await ingress.differences(
          'ot',
          kept.map(({ key }) => key),
        ),
      ).toEqual([]);
      const again = await Promise.all(sent.map(({ event }) => ingress.post(event)));
      expect(again.filter(({ status }) => status !== 200 && status !== 202)).toEqual([]);
      await ingress.handled();
      expect(
        await ingress.differences(
          'ot',
          sent.map(({ key }) => key),
        ),
      ).toEqual([]);
      expect((await ingress.events()).filter(({ verdict }) => verdict === 'accepted')).toHaveLength(sent.length);
    },
    120_000 + KILLS * 15_000,
  );

  it.each([['silent'], ['closed']] as const)(
    'returns 503 in time while Temporal is %s, and handles all events after a redelivery',
    async (state) => {
      proxy.setState(state);
      const sent = await send(keys.slice(0, OUTAGE_EVENTS), `Outage ${state}`);
      const batch = await ingress.post(sent.map(({ event }) => ({ eventType: 'e', data: event })));
      proxy.setState('open');
      for (const { status, retryAfter, body } of [...sent.map(({ response }) => response), batch]) {
        expect([status, body]).toEqual([503, { error: { code: 'unavailable', message: expect.any(String) } }]);
        expect(Number(retryAfter)).toBeGreaterThan(0);
        expect(Number(retryAfter)).toBeLessThan(60);
      }
      const slowest = Math.max(...sent.map(({ response }) => response.ms), batch.ms);
      expect(slowest).toBeLessThan(LONGEST_RESPONSE_MS);
      for (const { event } of sent) {
        const response = await redelivered(event);
        expect([200, 202]).toContain(response.status);
      }
      await ingress.handled(60_000 + OUTAGE_EVENTS * 600);
      expect(
        await ingress.differences(
          'ot',
          sent.map(({ key }) => key),
        ),
      ).toEqual([]);
    },
    120_000 + OUTAGE_EVENTS * 1_500,
  );

  /** Sends an event again, and once more after a 503, as F&O and Event Grid do. The client needs a moment to reconnect. */
  async function redelivered(event: SentEvent): Promise<IngressResponse> {
    const first = await ingress.post(event);
    if (first.status !== 503) return first;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    return ingress.post(event);
  }

  it('continues when the database drops all connections', async () => {
    const sent = await send(keys.slice(0, 8), 'Dropped', async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await dropConnections();
    });
    for (const { event } of sent) expect([200, 202]).toContain((await redelivered(event)).status);
    await ingress.handled();
    expect(await ingress.differences('ot', keys.slice(0, 8))).toEqual([]);
  });

  async function dropConnections(): Promise<void> {
    const client = new pg.Client({ connectionString: world.databaseUrl });
    await client.connect();
    await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
    await client.end();
  }

  it('returns 503 in time while the database does not respond, and accepts the event afterwards', async () => {
    const lock = await lockTable(world.databaseUrl, 'events');
    const [sent] = await send(keys.slice(0, 1), 'Locked');
    expect(sent?.response).toMatchObject({ status: 503, retryAfter: expect.any(String) });
    expect(sent?.response.ms).toBeLessThan(LONGEST_RESPONSE_MS);
    await lock.release();
    expect([200, 202]).toContain((await ingress.post(sent?.event)).status);
    await ingress.handled();
    expect(await ingress.differences('ot', keys.slice(0, 1))).toEqual([]);
  });
});
