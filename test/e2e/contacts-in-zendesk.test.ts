import { afterEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_KINDS } from '../../domain/entities.ts';
import { expectNoChanges } from '../fixtures/expect-no-changes.ts';
import { createPeople } from '../fixtures/people.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('users that agents have created or edited in Zendesk', () => {
  const world = setUpWorld();
  const people = createPeople(world);

  afterEach(async () => {
    await world.sandbox.control('DELETE', '/faults');
    expect(await people.mails()).toBe(0);
  });

  it("are taken over where they already have Ledgerdesk's external id, with the address of the ERP added", async () => {
    const typed = await people.addUser({ name: 'Typed', email: 'typed@da.example', external_id: 'DA:k1' });
    const run = await people.begin('da', { K1: { account: 'A1', email: 'erp@da.example', name: 'From the ERP' } });
    expect(run).toMatchObject({ status: 'completed', totals: { created: 1, updated: 1 } });
    expect(await people.user('da:K1')).toMatchObject({
      id: typed.id,
      name: 'From the ERP',
      email: 'typed@da.example',
    });
    expect(await people.emails(typed.id)).toEqual(['typed@da.example', 'erp@da.example']);
    expect(await people.organizationsOf(typed.id)).toEqual(['da:A1']);
    expectNoChanges(await people.observe('da'), { unchanged: 2 });
  });

  it('are found unchanged where another installation has created them, after all of them were read', async () => {
    await people.begin('db', {
      K1: { account: 'A1', email: 'first@db.example' },
      K2: { account: 'A1', email: 'other@db.example' },
    });
    const { id } = await people.user('db:K1');
    await world.store.connections.remove('db');
    await people.contact('db', 'K1', { email: 'second@db.example' });
    await people.connect(['db']);
    const { run } = await people.observe('db');
    expect(run).toMatchObject({ status: 'completed', totals: { created: 0, updated: 1, unchanged: 2 } });
    expect(await people.emails(id)).toEqual(['first@db.example', 'second@db.example']);
    expectNoChanges(await people.observe('db'), { unchanged: 3 });
  });

  it('are adopted by their email, even if it is not the primary address', async () => {
    const plain = await people.addUser({
      name: 'By Hand',
      email: 'Plain@dc.example',
      notes: 'theirs',
      tags: ['vip'],
    });
    const other = await people.addUser({ name: 'By Hand 2', email: 'private@dc.example' });
    await people.editUser(other.id, { email: 'work@dc.example' });
    const run = await people.begin('dc', {
      K1: { account: 'A1', email: 'plain@dc.example', name: 'Plain Person' },
      K2: { account: 'A1', email: 'Work@dc.example', name: 'Work Person' },
    });
    expect(run).toMatchObject({ status: 'completed', totals: { created: 1, adopted: 2 } });
    expect(await people.user('dc:K1')).toMatchObject({
      id: plain.id,
      name: 'Plain Person',
      notes: 'theirs',
      tags: ['vip'],
    });
    expect(await people.user('dc:K2')).toMatchObject({ id: other.id, email: 'private@dc.example' });
    expect(await people.emails(other.id)).toEqual(['private@dc.example', 'work@dc.example']);
    expectNoChanges(await people.observe('dc'), { unchanged: 3 });
  });

  it('are adopted by the next run when the search does not find them yet', async () => {
    await world.sandbox.control('PATCH', '/settings/zendesk', { searchLagSeconds: 3_600 });
    const typed = await people.addUser({ name: 'Just Typed', email: 'new@dl.example' });
    await people.begin('dl', { K1: { account: 'A1', email: 'new@dl.example' } });
    expect(await people.record('dl', 'K1')).toMatchObject({ state: 'rejected', code: 'email_taken' });
    await world.sandbox.control('PATCH', '/settings/zendesk', { searchLagSeconds: 0 });
    expect((await people.observe('dl')).run.totals).toMatchObject({ adopted: 1, unchanged: 1 });
    expect(await people.user('dl:K1')).toMatchObject({ id: typed.id });
  });

  it('get nothing but the external id and the membership if they are agents', async () => {
    const agent = await people.addUser({
      name: 'Desk Agent',
      email: 'agent@dd.example',
      role: 'agent',
      phone: '+1 1',
    });
    const run = await people.begin('dd', { K1: { account: 'A1', email: 'agent@dd.example', phone: '+1 2' } });
    expect(run).toMatchObject({ status: 'completed', totals: { created: 1, adopted: 1 } });
    const after = await people.user('dd:K1');
    expect(after).toMatchObject({ id: agent.id, name: 'Desk Agent', role: 'agent', phone: '+1 1' });
    expect(after.user_fields).toMatchObject({ erp_contact_id: null });
    expect(await people.organizationsOf(agent.id)).toEqual(['dd:A1']);
    expect(await people.record('dd', 'K1')).toMatchObject({ state: 'adopted', code: 'user_is_staff' });
    await people.contact('dd', 'K1', { name: 'Renamed', phone: '+1 3', email: 'new@dd.example' });
    expectNoChanges(await people.observe('dd'), { unchanged: 2 });
    expect(await people.user('dd:K1')).toEqual(after);
  });

  it('are left alone if they have the external id of another system', async () => {
    const foreign = await people.addUser({ name: 'Theirs', email: 'theirs@de.example', external_id: 'crm:1' });
    const run = await people.begin('de', { K1: { account: 'A1', email: 'theirs@de.example' } });
    expect(run).toMatchObject({ status: 'completed', totals: { created: 1, rejected: 1 } });
    expect(await people.record('de', 'K1')).toMatchObject({ code: 'email_taken', zendeskId: null });
    expectNoChanges(await people.observe('de'), { unchanged: 1, rejected: 1 });
    expect(await people.user('crm:1')).toEqual(foreign);
    await people.editUser(foreign.id, { external_id: null });
    await world.store.records.allowRetry('de', { keys: ['de/contact/K1'], kinds: DEFAULT_KINDS });
    expect((await people.observe('de')).run.totals).toMatchObject({ adopted: 1 });
  });

  it('are kept up to date while suspended, and the record says so', async () => {
    await people.begin('df', { K1: { account: 'A1', email: 'spam@df.example' } });
    const { id } = await people.user('df:K1');
    await people.editUser(id, { suspended: true });
    expect((await people.observe('df', { full: true })).run.totals).toMatchObject({ unchanged: 2 });
    expect(await people.record('df', 'K1')).toMatchObject({ state: 'unchanged', code: 'user_suspended' });
    await people.contact('df', 'K1', { name: 'Renamed' });
    expect((await people.observe('df')).run.totals).toMatchObject({ updated: 1 });
    expect(await people.user('df:K1')).toMatchObject({ id, name: 'Renamed' });
  });

  it('are not created again after they were deleted, unless an operator asks for it', async () => {
    await people.begin('dg', { K1: { account: 'A1', email: 'deleted@dg.example' } });
    const { id } = await people.user('dg:K1');
    await people.deleteUser(id);
    expect((await people.observe('dg', { full: true })).run.totals).toMatchObject({ rejected: 1, unchanged: 1 });
    expect(await people.record('dg', 'K1')).toMatchObject({ state: 'rejected', code: 'user_deleted' });
    expectNoChanges(await people.observe('dg'), { rejected: 1, unchanged: 1 });
    await people.contact('dg', 'K1', { name: 'Still Gone' });
    expect((await people.observe('dg')).run.totals).toMatchObject({ rejected: 1 });
    await world.store.records.allowRetry('dg', { code: 'user_deleted', keys: [], kinds: DEFAULT_KINDS });
    expect((await people.observe('dg')).run.totals).toMatchObject({ created: 1, unchanged: 1 });
    const again = await people.user('dg:K1');
    expect(again).toMatchObject({ name: 'Still Gone', email: 'deleted@dg.example' });
    expect([again.id === id, await people.organizationsOf(again.id)]).toEqual([false, ['dg:A1']]);
    expectNoChanges(await people.observe('dg'), { unchanged: 2 });
  });

  it('are not created again either when an edit in the ERP finds them deleted', async () => {
    await people.begin('dh', { K1: { account: 'A1', email: 'deleted@dh.example' } });
    await people.deleteUser((await people.user('dh:K1')).id);
    await people.contact('dh', 'K1', { email: 'new@dh.example' });
    expect((await people.observe('dh')).run.totals).toMatchObject({ rejected: 1, unchanged: 1 });
    expect(await people.record('dh', 'K1')).toMatchObject({ code: 'user_deleted' });
    expectNoChanges(await people.observe('dh'), { rejected: 1, unchanged: 1 });
  });

  it('are linked anew when they were merged into another user', async () => {
    await people.begin('di', {
      K1: { account: 'A1', email: 'loser@di.example' },
      K2: { account: 'A1', email: 'second@di.example' },
    });
    const winner = await people.addUser({ name: 'Winner', email: 'winner@di.example' });
    const others = await people.addUser({ name: 'Winner 2', email: 'winner2@di.example', external_id: 'crm:di' });
    await people.mergeUser((await people.user('di:K1')).id, winner.id);
    await people.mergeUser((await people.user('di:K2')).id, others.id);
    const { run } = await people.observe('di', { full: true });
    expect(run).toMatchObject({ status: 'completed', totals: { read: 3, created: 0, rejected: 1 } });
    expect(await people.user('di:K1')).toMatchObject({ id: winner.id, email: 'winner@di.example' });
    expect(await people.record('di', 'K1')).toMatchObject({ zendeskId: String(winner.id) });
    expect(await people.record('di', 'K2')).toMatchObject({ code: 'email_taken' });
    expect(await people.organizationsOf(winner.id)).toEqual(['di:A1']);
    expectNoChanges(await people.observe('di'), { unchanged: 2, rejected: 1 });
  });

  it("keep memberships that an agent made, even if Ledgerdesk's request for the same one is cut", async () => {
    await people.account('dm', 'B1');
    await people.begin('dm', { K1: { account: 'A1', email: 'mover@dm.example' } });
    const { id } = await people.user('dm:K1');
    await people.join(id, (await people.edits.organization('dm:B1')).id);
    const match = { method: 'POST', path: 'organization_memberships$' };
    const cut = { system: 'zendesk', match, action: { kind: 'cut', when: 'before' } };
    await world.sandbox.control('POST', '/faults', cut);
    for (const account of ['B1', 'A1']) {
      await people.contact('dm', 'K1', { account });
      await people.observe('dm');
    }
    expect(await people.organizationsOf(id)).toEqual(['dm:A1', 'dm:B1']);
    expectNoChanges(await people.observe('dm'), { unchanged: 3 });
  });

  it('keep the first organization until the contact leaves it, where users may have only one', async () => {
    await world.sandbox.control('PATCH', '/settings/zendesk', { multipleOrganizations: false });
    await people.account('dk', 'B1');
    await people.account('dk', 'C1');
    await people.begin('dk', {
      K1: { account: 'A1', email: 'two@dk.example', person: 'X-dk' },
      K2: { account: 'B1', email: 'two@dk.example', person: 'X-dk' },
      K3: { account: 'A1', email: 'mover@dk.example' },
    });
    const [two, mover] = [await people.user('dk:K1'), await people.user('dk:K3')];
    expect(await people.record('dk', 'K1')).toMatchObject({ state: 'created', code: 'single_organization' });
    expect(await people.organizationsOf(two.id)).toEqual(['dk:A1']);
    expectNoChanges(await people.observe('dk'), { unchanged: 6 });
    await people.contact('dk', 'K1', { account: 'C1' });
    await people.contact('dk', 'K3', { account: 'B1' });
    await people.observe('dk');
    expect(await people.organizationsOf(mover.id)).toEqual(['dk:B1']);
    expect(await people.organizationsOf(two.id)).toHaveLength(1);
    expectNoChanges(await people.observe('dk'), { unchanged: 6 });
    await world.sandbox.control('PATCH', '/settings/zendesk', { multipleOrganizations: true });
    await people.observe('dk', { full: true });
    expect(await people.organizationsOf(two.id)).toEqual(['dk:B1', 'dk:C1']);
    expect(await people.record('dk', 'K1')).toMatchObject({ code: null });
  });
});
