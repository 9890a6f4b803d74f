import { beforeAll, describe, expect, it } from '@jest/globals';
import { createRandom } from '../fixtures/random-choices.ts';
import { createErpIngress, type ErpIngress, type SentEvent } from '../fixtures/erp-ingress.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { until } from '../fixtures/stops.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';

/** For longer runs: INGRESS_EVENTS=1000 INGRESS_ACCOUNTS=50. */
const EVENTS = Number(process.env['INGRESS_EVENTS'] ?? 120);
const ACCOUNTS = Number(process.env['INGRESS_ACCOUNTS'] ?? 20);
const SEED = Number(process.env['INGRESS_SEED'] ?? 20_261_126);
const CITIES = ['Seattle', 'Renton', 'Tacoma', 'Everett', 'Bellevue', 'Kent'];

describe('the endpoint for events of F&O', () => {
  const { world, api } = setUpWorldWithApi();
  const edits = createEdits(world);
  let ingress: ErpIngress;

  beforeAll(async () => {
    await edits.connect('ingress', { dr: { A1: 'First', B1: 'Second', C1: 'Third', D1: 'Fourth' } });
    expect(await world.sync('ingress')).toMatchObject({ status: 'completed', totals: { created: 4 } });
    ingress = await createErpIngress({ world, api, edits }, 'ingress');
  });

  const move = (key: string, city: string) => edits.customer('dr', key, { AddressCity: city });
  const cityOf = async (key: string) => (await edits.organization(`dr:${key}`)).organization_fields['erp_city'];
  const grid = (events: readonly SentEvent[]) =>
    events.map((data, at) => ({ id: `g${at}`, topic: 't', subject: 's', eventType: 'e', dataVersion: '1.0', data }));

  const runsOf = async (workflowId: string): Promise<number> =>
    (await world.client.workflow.count(`WorkflowId = '${workflowId}'`)).count;

  /** Expects that F&O can activate an endpoint of this kind with the URL of the ingress. Removes it afterwards. */
  async function expectActivation(kind: object): Promise<void> {
    const path = '/state/dynamics/endpoints';
    const wanted = { url: ingress.url, ...kind };
    const { id, activation } = await world.sandbox.control<{ id: number; activation: object }>('POST', path, wanted);
    expect(activation).toMatchObject({ accepted: true, status: 200 });
    await world.sandbox.control('DELETE', `${path}/${id}`);
  }

  const eventsOf = async ({ ControlNumber: number }: SentEvent) =>
    (await ingress.events()).filter(({ controlNumber }) => controlNumber === String(number));

  it('handles an event once although it is delivered thirteen times, ten of them at once', async () => {
    await move('A1', 'Renton');
    await world.sandbox.control('DELETE', '/journal');
    const event = ingress.event('dr', 'A1');
    const atOnce = await Promise.all(Array.from({ length: 10 }, () => ingress.post(event)));
    const later = [await ingress.post(event), await ingress.post(event), await ingress.post(event)];
    expect([...atOnce, ...later].map(({ status }) => status).sort()).toEqual([...Array<number>(12).fill(200), 202]);
    await ingress.handled();
    expect(await cityOf('A1')).toBe('Renton');
    const writes = (await edits.journal('zendesk')).filter(({ method }) => method !== 'GET');
    expect(writes.map(({ method, path }) => [method, path])).toEqual([['PUT', '/api/v2/organizations/update_many']]);
    const workflowId = `erp-event/ingress/${String(event['ControlNumber'])}`;
    await until('the workflow is listed', async () => (await runsOf(workflowId)) > 0);
    expect(await runsOf(workflowId)).toBe(1);
    const kept = await eventsOf(event);
    expect(kept.filter(({ verdict }) => verdict === 'accepted')).toMatchObject([{ outcome: 'updated', workflowId }]);
  });

  it('refuses the same ControlNumber with other content, and shows it in the list of events', async () => {
    const event = ingress.event('dr', 'B1');
    expect(await ingress.post(event)).toMatchObject({ status: 202 });
    expect(await ingress.post({ ...event, CustomerAccount: 'C1' })).toMatchObject({
      status: 422,
      body: { error: { code: 'other_content' } },
    });
    const { body } = await api.request('GET', '/api/connections/ingress/events?limit=1');
    expect(body).toMatchObject({
      items: [
        {
          connectionId: 'ingress',
          source: 'dynamics',
          eventId: event['EventId'],
          controlNumber: String(event['ControlNumber']),
          verdict: 'refused',
          reason: 'other_content',
          workflowId: null,
        },
      ],
    });
    await ingress.handled();
  });

  it('accepts the test event of a new endpoint, and neither starts nor stores anything', async () => {
    const before = await ingress.events();
    for (const payload of ['business', 'data']) await expectActivation({ payload });
    expect(await ingress.events()).toEqual(before);
  });

  it('responds to the handshakes of Event Grid', async () => {
    for (const transport of ['event-grid', 'cloud-events']) await expectActivation({ transport });
    const foreign = await fetch(ingress.url, {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'evil.example' },
    });
    expect([foreign.status, foreign.headers.get('webhook-allowed-origin')]).toEqual([401, null]);
    const unknown = ingress.url.replace(/[^/]+$/, 'unknown');
    const headers = { 'webhook-request-origin': 'eventgrid.azure.net' };
    expect((await fetch(unknown, { method: 'OPTIONS', headers })).status).toBe(401);
  });

  it('recognizes the same event in the forms of HTTPS, Event Grid and CloudEvents', async () => {
    const event = ingress.event('dr', 'C1');
    expect(await ingress.post(event)).toMatchObject({ status: 202 });
    expect(await ingress.post(grid([event]))).toMatchObject({ status: 200 });
    const cloud = { specversion: '1.0', type: 'x', source: 's', id: 'i', data: event };
    expect(await ingress.post(cloud, { 'content-type': 'application/cloudevents+json' })).toMatchObject({
      status: 200,
    });
    const verdicts = (await eventsOf(event)).map(({ verdict }) => verdict);
    expect(verdicts).toEqual(['accepted', 'duplicate', 'duplicate']);
  });

  it('accepts each valid event of an array, whatever the others are', async () => {
    await move('B1', 'Kent');
    await move('D1', 'Kent');
    const [first, last] = [ingress.event('dr', 'B1'), ingress.event('dr', 'D1')];
    const bad = [{ hello: 'world' }, null, { ...first, CustomerAccount: 'X' }];
    const batch = [...grid([first]), ...(bad as SentEvent[]).flatMap((data) => grid([data])), { eventType: 'no data' }];
    expect(await ingress.post([...batch, ...grid([last])])).toMatchObject({ status: 200 });
    await ingress.handled();
    expect([await cityOf('B1'), await cityOf('D1')]).toEqual(['Kent', 'Kent']);
    const reasons = (await ingress.events()).slice(-6).map(({ verdict, reason }) => [verdict, reason]);
    expect(reasons.filter(([verdict]) => verdict === 'refused').map(([, reason]) => reason)).toEqual([
      'malformed',
      'malformed',
      'other_content',
      'malformed',
    ]);
  });

  it.each(['', 'not json', '"text"', '{"hello":"world"}', 'null'])('returns 400 for %p', async (body) => {
    expect(await ingress.post(body)).toMatchObject({ status: 400, body: { error: { code: 'malformed' } } });
  });

  it('returns 413 for more than a MiB or 5,000 events, 401 for an unknown hook and 415 for a compressed body', async () => {
    expect(await ingress.post({ ...ingress.event('dr', 'A1'), More: 'x'.repeat(1024 * 1024) })).toMatchObject({
      status: 413,
    });
    expect(await ingress.post(Array.from({ length: 5_001 }, () => ({})))).toMatchObject({ status: 413 });
    expect(await ingress.post(ingress.event('dr', 'A1'), { 'content-encoding': 'gzip' })).toMatchObject({
      status: 415,
    });
    const refused = await fetch(ingress.url.replace(/[^/]+$/, 'unknown'), { method: 'POST', body: '{}' });
    expect([refused.status, await refused.json()]).toMatchObject([401, { error: { code: 'refused' } }]);
  });

  it.each([['pascal'], ['camel']])('accepts data events, with keys in %s case', async (dataEventKeys) => {
    await world.sandbox.control('PATCH', '/settings/dynamics', { dataEventKeys });
    const endpoint = { url: ingress.url, payload: 'data', legalEntities: ['dr'] };
    const { id } = await world.sandbox.control<{ id: number }>('POST', '/state/dynamics/endpoints', endpoint);
    const city = `City ${dataEventKeys}`;
    await move('C1', city);
    await until('the organization has followed', async () => (await cityOf('C1')) === city);
    await ingress.handled();
    const [event] = (await ingress.events()).slice(-1);
    expect(event).toMatchObject({ type: 'mserp_custcustomerv3entity OnExternalUpdated', outcome: 'updated' });
    expect(event?.workflowId).toMatch(/^erp-event\/ingress\/data-[0-9a-f]{32}$/);
    await world.sandbox.control('DELETE', `/state/dynamics/endpoints/${id}`);
  });

  it('stores an event that names no record of the connection, and ignores it', async () => {
    const event = { ...ingress.event('dr', ''), BusinessEventId: 'VendInvoicePosted', Invoice: 'I-1' };
    expect(await ingress.post(event)).toMatchObject({ status: 202 });
    expect(await ingress.post(event)).toMatchObject({ status: 200 });
    const [first] = await eventsOf(event);
    expect(first).toMatchObject({ verdict: 'accepted', outcome: 'ignored', workflowId: null });
  });

  it('names the outcome of an event about an account that the ERP does not have', async () => {
    const event = ingress.event('dr', 'GONE');
    expect(await ingress.post(event)).toMatchObject({ status: 202 });
    await ingress.handled();
    expect(await eventsOf(event)).toMatchObject([{ outcome: 'not_found' }]);
  });

  it('has the records that many events name at one instant read and written together', async () => {
    const keys = await edits.generateCustomers('tg', 40);
    await world.connect('together', readingOnly(['tg']));
    expect(await world.sync('together')).toMatchObject({ status: 'completed', totals: { created: 40 } });
    const busy = await createErpIngress({ world, api, edits }, 'together');
    await Promise.all(keys.map((key) => edits.customer('tg', key, { AddressCity: `Together ${key}` })));
    await world.sandbox.control('DELETE', '/journal');
    const responses = await Promise.all(keys.map((key) => busy.post(busy.event('tg', key))));
    expect(responses.map(({ status }) => status)).toEqual(Array<number>(40).fill(202));
    await busy.handled();
    expect(await busy.differences('tg', keys)).toEqual([]);
    expect(new Set((await busy.events()).map(({ outcome }) => outcome))).toEqual(new Set(['updated']));
    const jobs = (await edits.journal('zendesk')).filter(({ method }) => method === 'PUT');
    expect(jobs.length).toBeLessThanOrEqual(4);
    expect((await edits.journal('dynamics')).length).toBeLessThanOrEqual(8);
  });

  it(
    `leaves every account in the last state of the ERP, after ${EVENTS} shuffled events, a fifth of them doubled, and a sync (seed ${SEED})`,
    async () => {
      const random = createRandom(SEED);
      const keys = await edits.generateCustomers('sh', ACCOUNTS);
      await world.connect('shuffled', readingOnly(['sh']));
      expect(await world.sync('shuffled')).toMatchObject({ status: 'completed', totals: { created: ACCOUNTS } });
      const { hooks } = await world.store.connections.require('shuffled');
      const busy = await createErpIngress({ world, api, edits }, 'shuffled');
      const disturbance = { eventShuffleMs: 1_500, eventDoubleShare: 0.2 };
      await world.sandbox.control('PATCH', '/settings/dynamics', disturbance);
      const endpoint = { url: `${api.url}/events/dynamics/${hooks.dynamics}`, legalEntities: ['sh'] };
      await world.sandbox.control('POST', '/state/dynamics/endpoints', endpoint);
      const master = await world.start({ connectionId: 'shuffled' });
      for (let nth = 0; nth < EVENTS; nth += 1) {
        const key = keys[random(keys.length)] ?? '';
        await edits.customer('sh', key, { AddressCity: `${CITIES[random(CITIES.length)] ?? ''} ${nth}` });
      }
      const deliveries = async () =>
        (await world.sandbox.control<{ items: { status: string }[] }>('GET', '/state/dynamics/events')).items;
      await until(
        'all are delivered',
        async () => (await deliveries()).every(({ status }) => status !== 'pending'),
        60_000,
      );
      expect(await world.ended(master, 180_000)).toMatchObject({ status: 'completed' });
      await busy.handled(60_000 + EVENTS * 1_500);
      expect((await deliveries()).filter(({ status }) => status !== 'delivered')).toEqual([]);
      expect(await busy.differences('sh', keys)).toEqual([]);
      const accepted = (await busy.events()).filter(({ verdict }) => verdict === 'accepted');
      expect(accepted).toHaveLength(EVENTS);
      expect((await edits.organizations('sh:')).size).toBe(ACCOUNTS);
      await world.client.workflow.getHandle('master-sync/shuffled', master).result();
      expect(await world.sync('shuffled')).toMatchObject({ totals: { read: ACCOUNTS, unchanged: ACCOUNTS } });
    },
    120_000 + EVENTS * 1_500,
  );
});
