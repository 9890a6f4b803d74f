import { beforeAll, describe, expect, it } from '@jest/globals';
import { createErpIngress, type ErpIngress } from '../fixtures/erp-ingress.ts';
import { createEdits } from '../fixtures/edits.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';
import { until } from '../fixtures/stops.ts';

const FIRST_NUMBER = 5_637_500_000;
const KEYS = ['A1', 'B1', 'C1', 'D1'] as const;

describe('an F&O environment that was restored from a backup', () => {
  const { world, api } = setUpWorldWithApi();
  const edits = createEdits(world);
  let ingress: ErpIngress;

  beforeAll(async () => {
    await edits.connect('restored', { rs: { A1: 'First', B1: 'Second', C1: 'Third', D1: 'Fourth' } });
    expect(await world.sync('restored')).toMatchObject({ status: 'completed', totals: { created: 4 } });
    ingress = await createErpIngress({ world, api, edits }, 'restored');
  });

  const show = async () => (await api.request('GET', '/api/connections/restored')).body as Record<string, unknown>;
  const restore = (controlNumber: number) =>
    world.sandbox.control('POST', '/state/dynamics/restore', { controlNumber });
  const delivered = (count: number) =>
    until('F&O has delivered its events', async () => (await ingress.events()).length === count);

  it('has its events with reused ControlNumbers handled, and says once that numbers are reused', async () => {
    const endpoint = { url: ingress.url, legalEntities: ['rs'] };
    const { id } = await world.sandbox.control<{ id: number }>('POST', '/state/dynamics/endpoints', endpoint);
    await restore(FIRST_NUMBER);
    for (const key of KEYS) await edits.customer('rs', key, { AddressCity: `Before ${key}` });
    await delivered(4);
    expect(await show()).not.toHaveProperty('reusedNumbers');
    const numbers = (await ingress.events()).map(({ controlNumber }) => Number(controlNumber));
    for (const [nth, key] of KEYS.entries()) {
      await restore(numbers[nth] ?? 0);
      await edits.customer('rs', key, { AddressCity: `After ${key}` });
    }
    await delivered(8);
    await world.sandbox.control('DELETE', `/state/dynamics/endpoints/${id}`);
    await ingress.handled();
    expect(await ingress.differences('rs', KEYS)).toEqual([]);
    const events = await ingress.events();
    expect(events.map(({ verdict, reason }) => [verdict, reason])).toEqual(Array(8).fill(['accepted', null]));
    expect(new Set(events.map(({ controlNumber }) => controlNumber)).size).toBe(4);
    expect(events.map(({ workflowId }) => workflowId)).toEqual([
      ...events.slice(0, 4).map(({ controlNumber }) => `erp-event/restored/${controlNumber ?? ''}`),
      ...events
        .slice(4)
        .map(({ controlNumber, eventId }) => `erp-event/restored/${controlNumber ?? ''}/${eventId ?? ''}`),
    ]);
    expect((await show())['reusedNumbers']).toMatchObject({ code: 'numbers_reused', firstAt: expect.any(String) });
    const audit = (await world.store.audit.list({ subject: 'restored' })).items;
    expect(audit.filter(({ action }) => action === 'events.numbersReused')).toHaveLength(1);
    const { body } = await api.request('POST', '/api/connections/restored/ping');
    const { checks } = body as { checks: { name: string; status: string }[] };
    expect(checks.filter(({ name }) => name === 'dynamics.controlNumbers')).toMatchObject([{ status: 'warn' }]);
  });

  it('has repeated events of both times detected, alone and in a batch, and changed ones refused', async () => {
    const first = ingress.event('rs', 'A1');
    const again = { ...first, EventId: 'AFTER-THE-RESTORE', CustomerAccount: 'B1' };
    expect([(await ingress.post(first)).status, (await ingress.post(again)).status]).toEqual([202, 202]);
    expect([(await ingress.post(again)).status, (await ingress.post(first)).status]).toEqual([200, 200]);
    expect(await ingress.post([first, again].map((data) => ({ eventType: 'e', data })))).toMatchObject({ status: 200 });
    for (const event of [first, again])
      expect(await ingress.post({ ...event, CustomerAccount: 'C1' })).toMatchObject({ status: 422 });
    const outcomes = (await ingress.events()).filter(({ verdict }) => verdict === 'accepted').slice(-2);
    expect(outcomes.map(({ eventId }) => eventId)).toEqual([first['EventId'], 'AFTER-THE-RESTORE']);
  });

  it.each([
    ['are too long for a workflow id and differ at their end', (nth: number) => `${'x'.repeat(198)}-${nth}`],
    ['need to be encoded', (nth: number) => `{Ä/${nth}}`],
  ])('has every event handled whose event ids %s', async (_what, eventId) => {
    const event = ingress.event('rs', 'A1');
    const before = (await ingress.events()).length;
    for (const nth of [1, 2, 3]) expect((await ingress.post({ ...event, EventId: eventId(nth) })).status).toBe(202);
    const ids = (await ingress.events()).slice(before).map(({ workflowId }) => workflowId);
    expect(new Set(ids).size).toBe(3);
  });
});
