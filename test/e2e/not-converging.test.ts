import { afterEach, describe, expect, it } from '@jest/globals';
import { itInLongRuns } from '../fixtures/chosen-cases.ts';
import { DEFAULT_KINDS } from '../../domain/entities.ts';
import { createPeople } from '../fixtures/people.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('a write that Zendesk does not take over', () => {
  const world = setUpWorld();
  const people = createPeople(world);

  const configure = (settings: object) => world.sandbox.control('PATCH', '/settings/zendesk', settings);
  const addFault = (match: object, action: object) =>
    world.sandbox.control('POST', '/faults', { system: 'zendesk', match, times: null, action });
  /** Syncs again without any change, the last time fully. Expects no write. */
  const expectQuiet = async (connectionId: string): Promise<void> => {
    for (const full of [false, false, true, true]) {
      const { run, requests, writes } = await people.observe(connectionId, { full });
      expect([full, run.status, run.totals.updated, writes.map(({ operation }) => operation)]).toEqual([
        ...[full, 'completed', 0, []],
      ]);
      if (!full) expect(requests.length).toBeLessThanOrEqual(2);
    }
  };

  afterEach(async () => {
    await world.sandbox.control('DELETE', '/faults');
    await configure({ phoneUpdates: 'set', collapsesBlanks: false });
  });

  it('is not repeated for phone numbers that become further identities', async () => {
    const contacts = Object.fromEntries(
      ['K1', 'K2', 'K3'].map((id) => [id, { account: 'A1', phone: `+1 425 ${id}`, email: `${id}@pa.example` }]),
    );
    await people.begin('pa', contacts);
    await configure({ phoneUpdates: 'identity' });
    for (const id of ['K1', 'K2']) await people.contact('pa', id, { phone: '+1 206 555 0100' + id });
    await people.observe('pa');
    await expectQuiet('pa');
    expect(await people.record('pa', 'K1')).toMatchObject({ state: 'unchanged', code: 'field_ignored' });
    expect((await people.record('pa', 'K1'))?.message).toContain('phone');
    await people.contact('pa', 'K1', { phone: '+1 425 K1' });
    expect((await people.observe('pa')).run.totals).toMatchObject({ updated: 0 });
    expect(await people.record('pa', 'K1')).toMatchObject({ state: 'unchanged', code: null });
  });

  itInLongRuns(
    'is not repeated for the phone of an adopted user that also gets an organization and an address',
    async () => {
      await configure({ phoneUpdates: 'identity' });
      await people.addUser({ name: 'By Hand', email: 'k1@pb.example', phone: '+49 1' });
      await people.begin('pb', { K1: { account: 'A1', email: 'k1@pb.example', phone: '+49 2' } });
      await expectQuiet('pb');
      await people.contact('pb', 'K1', { email: 'second@pb.example', phone: '+49 3' });
      await people.observe('pb');
      await expectQuiet('pb');
      expect(await people.record('pb', 'K1')).toMatchObject({ code: 'field_ignored' });
    },
  );

  itInLongRuns('is not repeated because somebody changes something else of that user', async () => {
    await configure({ phoneUpdates: 'identity' });
    await people.begin('pc', { K1: { account: 'A1', phone: '+49 1' }, K2: { account: 'A1', phone: '+49 2' } });
    for (const id of ['K1', 'K2']) await people.contact('pc', id, { phone: `+49 30 ${id}` });
    await people.observe('pc');
    await people.observe('pc', { full: true });
    for (const id of ['K1', 'K2']) await people.editUser((await people.user(`pc:${id}`)).id, { notes: 'called' });
    await expectQuiet('pc');
    await people.editUser((await people.user('pc:K1')).id, { name: 'Typed Over' });
    await people.observe('pc', { full: true });
    expect((await people.user('pc:K1')).name).toBe('Person K1');
    await expectQuiet('pc');
  });

  it('is not repeated for names whose blanks Zendesk collapses', async () => {
    await configure({ collapsesBlanks: true });
    const name = 'Wide   Name   Ltd';
    await people.edits.customer('na', 'A1', { OrganizationName: name, PartyNumber: 'na-A1' });
    await people.edits.customer('na', 'A2', { OrganizationName: 'Plain', PartyNumber: 'na-A2' });
    await people.edits.customer('na', 'A3', { OrganizationName: 'Flat', PartyNumber: 'na-A3' });
    await people.begin('na', { K1: { account: 'A9', name: 'Ada   Wide' } });
    await expectQuiet('na');
    for (const key of ['A2', 'A3']) await people.edits.customer('na', key, { OrganizationName: `Now   Wide ${key}` });
    await people.contact('na', 'K1', { name: 'Ada   Wider' });
    await people.observe('na');
    await expectQuiet('na');
    expect((await people.user('na:K1')).name).toBe('Ada Wider');
  });

  it('is not repeated for adoptions of organizations that Zendesk refuses, until a side changes or somebody asks', async () => {
    for (const key of ['A1', 'A2', 'A3']) {
      await people.edits.addOrganization({ name: `Adoptable ${key}` });
      await people.edits.customer('oa', key, { OrganizationName: `Adoptable ${key}`, PartyNumber: `oa-${key}` });
    }
    const refusal = { kind: 'fail-rows', rows: [0, 1, 2], details: 'Region: is not allowed here' };
    await addFault({ method: 'PUT', path: 'organizations/update_many' }, refusal);
    const first = await people.begin('oa', {});
    expect(first).toMatchObject({ status: 'completed', totals: { rejected: 3 } });
    await expectQuiet('oa');
    await people.edits.customer('oa', 'A1', { AddressCity: 'Oslo' });
    expect((await people.observe('oa')).writes.length).toBeGreaterThan(0);
    await expectQuiet('oa');
    const organization = (await world.organizations()).find(({ name }) => name === 'Adoptable A2');
    await people.edits.editOrganization(organization?.id ?? 0, { organization_fields: { erp_city: 'Rome' } });
    expect((await people.observe('oa')).writes.length).toBeGreaterThan(0);
    await expectQuiet('oa');
    await world.sandbox.control('DELETE', '/faults');
    await world.store.records.allowRetry('oa', { code: 'zendesk_refused', keys: [], kinds: DEFAULT_KINDS });
    expect((await people.observe('oa')).run.totals).toMatchObject({ adopted: 3 });
    await expectQuiet('oa');
  });

  it('is not repeated for adoptions of users that Zendesk refuses', async () => {
    const ids = ['K1', 'K2', 'K3'];
    for (const id of ids) await people.addUser({ name: `By Hand ${id}`, email: `${id}@ua.example` });
    const refusal = { kind: 'fail-rows', rows: [0, 1, 2], details: 'Region: is not allowed here' };
    await addFault({ method: 'PUT', path: 'users/update_many' }, refusal);
    const contacts = ids.map((id) => [id, { account: 'A1', email: `${id}@ua.example` }] as const);
    expect(await people.begin('ua', Object.fromEntries(contacts))).toMatchObject({ totals: { rejected: 3 } });
    await expectQuiet('ua');
    await world.sandbox.control('DELETE', '/faults');
    await world.store.records.allowRetry('ua', { code: 'zendesk_refused', keys: [], kinds: DEFAULT_KINDS });
    expect((await people.observe('ua')).run.totals).toMatchObject({ adopted: 3 });
    await expectQuiet('ua');
  });
});
