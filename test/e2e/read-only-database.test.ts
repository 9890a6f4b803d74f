import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chosenCases } from '../fixtures/chosen-cases.ts';
import { ADMIN_TOKEN } from '../fixtures/api-process.ts';
import { printMeasurement } from '../fixtures/print-measurement.ts';
import { until } from '../fixtures/stops.ts';
import { startTopology, type Topology } from '../fixtures/topology.ts';

const KEYS = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6'];
const READ_ONLY_MS = Number(process.env['READ_ONLY_MS'] ?? 6_000);
const LONGEST_RETURN_MS = 30_000;
const SENDERS = 1;

interface Run {
  readonly runId: string;
  readonly status: string;
}

interface ListedEvent {
  readonly verdict: string;
  readonly outcome: string | null;
}

/** The response to an event, and when it was sent. */
interface Sent {
  readonly at: number;
  readonly status: number;
}

describe('a database that is read-only for a while', () => {
  let topology: Topology;
  let hook: string;
  let number = 5_637_600_000;

  beforeAll(async () => {
    topology = await startTopology();
    await topology.startWorker();
    await until('everything is ready', async () => (await topology.readyz()).status === 200);
    for (const key of KEYS) await move(key, 'Seattle');
    await topology.apply('contoso', 'usmf');
    expect(await topology.ledgerdesk<Run>('sync', 'contoso', '--wait')).toMatchObject({ status: 'completed' });
    const shown = await topology.ledgerdesk<{ hooks: { dynamics: string } }>('connection', 'show', 'contoso');
    hook = shown.hooks.dynamics;
  });
  afterAll(() => topology.close());

  const move = (key: string, city: string) =>
    topology.sandbox.control('PUT', `/state/dynamics/customers/usmf/${key}`, {
      OrganizationName: `Customer ${key}`,
      AddressCity: city,
    });

  async function send(key: string): Promise<Sent> {
    const at = performance.now();
    number += 1;
    const event = { BusinessEventId: 'CustomerChanged', LegalEntity: 'usmf', CustomerAccount: key };
    const body = JSON.stringify({ ...event, ControlNumber: number, EventId: `E-${number}` });
    const response = await fetch(hook, { method: 'POST', body });
    return { at, status: response.status };
  }

  /** Changes customers and sends events about them, until it is stopped. Returns what was sent. */
  function startLoad(): { stop(): Promise<readonly Sent[]> } {
    const sent: Sent[] = [];
    const state = { isStopped: false };
    const sender = async (first: number): Promise<void> => {
      for (let nth = first; !state.isStopped; nth += SENDERS) {
        const key = KEYS[nth % KEYS.length] ?? '';
        await move(key, `City ${nth}`);
        sent.push(await send(key));
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    };
    const senders = Array.from({ length: SENDERS }, (_, first) => sender(first));
    return {
      async stop() {
        state.isStopped = true;
        await Promise.all(senders);
        return sent;
      },
    };
  }

  const readiness = async (): Promise<{ status: number; message: string }> => {
    const response = await fetch(`${topology.apiUrl}/readyz`);
    const { error } = (await response.json()) as { error?: { message: string } };
    return { status: response.status, message: error?.message ?? '' };
  };
  /** Asks the API itself, because the command line needs a second of both cores. */
  async function show<Shown>(path: string): Promise<Shown> {
    const response = await fetch(`${topology.apiUrl}/api${path}`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    return (await response.json()) as Shown;
  }
  const events = async () => (await show<{ items: ListedEvent[] }>('/connections/contoso/events')).items;
  const isHandled = async (): Promise<boolean> =>
    (await events()).every(({ verdict, outcome }) => verdict !== 'accepted' || outcome !== null);

  const causes = [
    [
      'whose sessions stay read-only when new ones can write',
      () => topology.servers.postgres.closeForWrites(),
      () => topology.servers.postgres.openForWrites(),
    ],
    [
      'because it was a standby until it was promoted',
      () => topology.servers.postgres.startAsStandby(),
      () => topology.servers.postgres.promote(),
    ],
  ] as const;

  it.each(chosenCases(causes, 1))(
    'works again by itself within 30 s, %s',
    async (what, close, open) => {
      const load = startLoad();
      const held = await holdRun();
      await until('events are accepted', async () => (await send('R1')).status === 202);
      await close();
      await until('it is noticed', async () => (await readiness()).status === 503);
      await held.release();
      const closed = performance.now();
      const seen: { status: number; message: string }[] = [];
      while (performance.now() - closed < READ_ONLY_MS) {
        seen.push(await readiness());
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      expect(seen.filter(({ status }) => status !== 503)).toEqual([]);
      expect(seen.at(-1)?.message).toMatch(/read-only/);
      await expect(topology.ledgerdesk('sync', 'contoso')).rejects.toThrow(/read-only/);
      const opened = performance.now();
      await open();
      const left = (): number => LONGEST_RETURN_MS - (performance.now() - opened);
      await until('it is ready', async () => (await readiness()).status === 200, left());
      await until('events are accepted again', async () => (await send('R1')).status === 202, left());
      const sent = await load.stop();
      await until('the run has ended', async () => (await runOf(held.runId)).status === 'completed', left());
      await until('all accepted events have an outcome', isHandled, left());
      printMeasurement(`${what}: at work after ${((LONGEST_RETURN_MS - left()) / 1_000).toFixed(1)} s`);
      const next = await topology.ledgerdesk<Run>('sync', 'contoso', '--wait');
      expect(next.status).toBe('completed');
      const meanwhile = sent.filter(({ at }) => at > closed && at < opened).map(({ status }) => status);
      expect(meanwhile.length).toBeGreaterThan(5);
      expect(new Set(meanwhile)).toEqual(new Set([503]));
      await expectSame();
    },
    120_000,
  );

  const runOf = (runId: string) => show<Run>(`/runs/${runId}`);

  /** Starts a sync, and holds its first request to F&O. */
  async function holdRun(): Promise<{ runId: string; release: () => Promise<unknown> }> {
    const fault = {
      ...{ system: 'dynamics', match: { path: 'CustomersV3.*cross-company' }, skip: 0, times: 1 },
      action: { kind: 'hold', when: 'after' },
    };
    const { id } = await topology.sandbox.control<{ id: number }>('POST', '/faults', fault);
    const { runId } = await topology.ledgerdesk<Run>('sync', 'contoso');
    return { runId, release: () => topology.sandbox.control('DELETE', `/faults/${id}`) };
  }

  /** Expects that each organization has the city of its customer. */
  async function expectSame(): Promise<void> {
    const { control } = topology.sandbox;
    const customers = await control<{ items: { key: string; values: { AddressCity: string } }[] }>(
      'GET',
      '/state/dynamics/customers?legalEntity=usmf',
    );
    const organizations = await control<{
      items: { external_id: string; organization_fields: { erp_city: string } }[];
    }>('GET', '/state/zendesk/organizations');
    const cities = new Map(organizations.items.map((one) => [one.external_id, one.organization_fields.erp_city]));
    for (const { key, values } of customers.items) expect([key, cities.get(key)]).toEqual([key, values.AddressCity]);
  }
});
