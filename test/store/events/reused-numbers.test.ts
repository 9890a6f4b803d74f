import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IncomingEvent } from '../../../store/events/events.ts';
import type { Store } from '../../../store/store.ts';
import { execute, openTestStore } from '../../fixtures/database.ts';
import { saveConnection } from '../../fixtures/accounts.ts';

const NUMBER = '5637144577';

describe('ControlNumbers that an environment issues again', () => {
  let store: Store;
  let url: string;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ store, url, close } = await openTestStore());
    await saveConnection(store, 'restored');
  });
  afterAll(() => close());
  beforeEach(() => execute(url, 'truncate events, reused_numbers, audit'));

  const event = (eventId: string, bodyHash = `body of ${eventId}`): IncomingEvent => ({
    ...{ connectionId: 'restored', source: 'dynamics', dedupeKey: NUMBER, reusedKey: `${NUMBER}/${eventId}` },
    ...{ eventId, controlNumber: NUMBER, type: 'CustomerChanged', bodyHash },
  });
  async function take(eventId: string): Promise<unknown> {
    const received = await store.events.receive(event(eventId));
    if (received.state === 'new') {
      await store.events.accepted(received.id, `erp-event/${eventId}`);
      await store.events.ended(received.id, 'updated');
    }
    return received.state === 'new' ? received.isReused : received.state;
  }
  const auditRows = async () => (await store.audit.list({ subject: 'restored' })).items;

  it('belong to a new event with each new event id, and to a repeated one with a known id', async () => {
    expect([await take('A'), await take('B'), await take('C')]).toEqual([false, true, true]);
    expect([await take('A'), await take('B'), await take('C')]).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect((await store.events.receive(event('B', 'other'))).state).toBe('other_content');
    expect((await store.events.receive(event('A', 'other'))).state).toBe('other_content');
  });

  it('are noted once per connection, with the times', async () => {
    await take('A');
    expect(await store.reusedNumbers.get('restored')).toBeUndefined();
    for (const id of ['B', 'B', 'C', 'D']) await take(id);
    expect(await store.reusedNumbers.get('restored')).toEqual({ firstAt: expect.any(Date), lastAt: expect.any(Date) });
    expect(await auditRows()).toMatchObject([
      { actor: 'ledgerdesk', action: 'events.numbersReused', detail: expect.stringContaining(NUMBER) },
    ]);
    await execute(
      url,
      `update reused_numbers set first_at = now() - interval '2 hours', last_at = now() - interval '1 hour'`,
    );
    await take('E');
    const reused = await store.reusedNumbers.get('restored');
    expect((reused?.lastAt.getTime() ?? 0) - (reused?.firstAt.getTime() ?? 0)).toBeGreaterThan(7_000_000);
    expect(await auditRows()).toHaveLength(1);
  });

  it('are new events also when twenty of them arrive at once', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `at-once-${n}`);
    const states = await Promise.all([...ids, ...ids].map((id) => store.events.receive(event(id))));
    expect(states.map(({ state }) => state)).toEqual(Array<string>(40).fill('new'));
    expect(new Set(states.map((one) => (one.state === 'new' ? one.id : '')))).toHaveProperty('size', 20);
    expect(await auditRows()).toHaveLength(1);
  });

  it.each([
    ['keeps the id of the first event', ''],
    ['has forgotten it, as before version 0.3', `update events set event_id = null`],
  ])('are new events when only the memory of the first one is left, which %s', async (_what, forget) => {
    await take('A');
    await execute(url, `update events set received_at = now() - interval '40 days'`);
    await store.retention.sweep('events', { keepDays: 30, rememberDays: 120 }, '');
    if (forget !== '') await execute(url, forget);
    expect([await take('A'), await take('B'), await take('B')]).toEqual(['duplicate', true, 'duplicate']);
  });

  it('are forgotten when none was reused within the retention', async () => {
    for (const id of ['A', 'B']) await take(id);
    await execute(url, `update reused_numbers set last_at = now() - interval '31 days'`);
    await store.retention.sweep('events', { keepDays: 30, rememberDays: 120 }, '');
    expect(await store.reusedNumbers.get('restored')).toBeUndefined();
  });
});
