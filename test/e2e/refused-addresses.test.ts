import { beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_KINDS } from '../../domain/entities.ts';
import { createPeople } from '../fixtures/people.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const REFUSED = {
  K1: 'info@contoso_ltd.example.com',
  K2: 'info@b\u00fccher.example',
  K3: '\u00e9lodie@contoso.example',
} as const;

describe.each([true, false])('addresses that Zendesk refuses, with bulk user import: %j', (bulkUserImport) => {
  const world = setUpWorld();
  const people = createPeople(world);
  beforeAll(() => world.sandbox.control('PATCH', '/settings/zendesk', { bulkUserImport }));

  const expectQuiet = async (connectionId: string): Promise<void> => {
    for (const full of [false, false, true]) {
      const { run, requests, writes } = await people.observe(connectionId, { full });
      expect(run).toMatchObject({ status: 'completed', totals: { rejected: 0 } });
      expect([run.totals.unchanged, writes]).toEqual([run.totals.read, []]);
      if (!full) expect(requests.length).toBeLessThanOrEqual(2);
    }
  };

  it('give users without an address, with a remark that quotes the reason without the address', async () => {
    const contacts = Object.entries({ ...REFUSED, K4: 'good@contoso.example', K5: 'ada\u200B@contoso.example' });
    const entered = contacts.map(([id, email]) => [id, { account: 'A1', email }] as const);
    const run = await people.begin('ra', Object.fromEntries(entered));
    expect(run).toMatchObject({ status: 'completed', totals: { created: 6, rejected: 0 } });
    for (const [id, email] of Object.entries(REFUSED)) {
      expect(await people.user(`ra:${id}`)).toMatchObject({ email: null, name: `Person ${id}` });
      const record = await people.record('ra', id);
      expect(record).toMatchObject({ state: 'created', code: 'email_refused' });
      expect(record?.message).toContain('not properly formatted');
      expect(record?.message).not.toContain(email);
    }
    expect((await people.user('ra:K4')).email).toBe('good@contoso.example');
    expect((await people.user('ra:K5')).email).toBe('ada@contoso.example');
    await expectQuiet('ra');
    expect(await people.record('ra', 'K1')).toMatchObject({ state: 'unchanged', code: 'email_refused' });
  });

  it('do not come to a user that exists either, nor block its other changes', async () => {
    await people.contact('ra', 'K4', { email: 'new@contoso_ltd.example.com', title: 'Buyer' });
    const { run } = await people.observe('ra');
    expect(run).toMatchObject({ status: 'completed', totals: { updated: 1, rejected: 0 } });
    const user = await people.user('ra:K4');
    expect(user).toMatchObject({ email: 'good@contoso.example', user_fields: { erp_job_title: 'Buyer' } });
    expect(await people.record('ra', 'K4')).toMatchObject({ code: 'email_refused' });
    await expectQuiet('ra');
  });

  it('are tried again when they change, and when a person asks for it', async () => {
    await people.contact('ra', 'K1', { email: 'info@contoso-ltd.example.com' });
    expect((await people.observe('ra')).run).toMatchObject({ totals: { updated: 1 } });
    expect(await people.emails((await people.user('ra:K1')).id)).toEqual(['info@contoso-ltd.example.com']);
    expect(await people.record('ra', 'K1')).toMatchObject({ code: null });
    await world.store.records.allowRetry('ra', { code: 'email_refused', keys: ['K2'], kinds: DEFAULT_KINDS });
    const { run, writes } = await people.observe('ra');
    expect(run).toMatchObject({ status: 'completed', totals: { rejected: 0 } });
    expect(writes.map(({ operation }) => operation)).toEqual(['users.identities.create']);
    await expectQuiet('ra');
  });
});
