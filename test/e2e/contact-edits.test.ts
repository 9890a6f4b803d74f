import { afterEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_KINDS } from '../../domain/entities.ts';
import { TASK_QUEUE, WORKFLOW_TYPES } from '../../workflows/contract.ts';
import { expectNoChanges } from '../fixtures/expect-no-changes.ts';
import { createPeople } from '../fixtures/people.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('contacts that are edited in the ERP', () => {
  const world = setUpWorld();
  const people = createPeople(world);

  afterEach(async () => {
    await world.sandbox.control('DELETE', '/faults');
    expect(await people.mails()).toBe(0);
  });

  it('get a changed email as a further address, keep the primary one, and cause no other request', async () => {
    await people.begin('ca', { K1: { account: 'A1', email: 'first@ca.example' } });
    const { id } = await people.user('ca:K1');
    await people.contact('ca', 'K1', { email: 'second@ca.example' });
    const { run } = await people.observe('ca');
    expect(run).toMatchObject({ status: 'completed', totals: { created: 0, updated: 1, unchanged: 1 } });
    expect(await people.user('ca:K1')).toMatchObject({ id, email: 'first@ca.example' });
    expect(await people.emails(id)).toEqual(['first@ca.example', 'second@ca.example']);
    const added = (await people.identities()).find(({ value }) => value === 'second@ca.example');
    expect(added).toMatchObject({ verified: false, primary: false });
    expectNoChanges(await people.observe('ca'), { unchanged: 2 });
  });

  it('get a changed email as a verified address where the connection says so', async () => {
    await people.begin('cb', { K1: { account: 'A1', email: 'first@cb.example' } }, (settings) => ({
      ...settings,
      sync: { ...settings.sync, secondaryEmailVerified: true },
    }));
    await people.contact('cb', 'K1', { email: 'second@cb.example' });
    await people.observe('cb');
    const added = (await people.identities()).find(({ value }) => value === 'second@cb.example');
    expect(added).toMatchObject({ verified: true, primary: false });
  });

  it('cause no request when an email changes back, or changes only its case', async () => {
    await people.begin('cc', { K1: { account: 'A1', email: 'First@cc.example' } });
    await people.contact('cc', 'K1', { email: 'second@cc.example' });
    await people.observe('cc');
    for (const email of ['first@CC.example', 'SECOND@cc.example', ' First@cc.example ']) {
      await people.contact('cc', 'K1', { email });
      expectNoChanges(await people.observe('cc'), { unchanged: 2 });
    }
    expect(await people.emails((await people.user('cc:K1')).id)).toEqual(['First@cc.example', 'second@cc.example']);
  });

  it('are rejected for an email that another user has, and not tried again in every run', async () => {
    await people.addUser({ name: 'Somebody', email: 'taken@cd.example', external_id: 'other-system:7' });
    await people.begin('cd', { K1: { account: 'A1', email: 'mine@cd.example' } });
    await people.contact('cd', 'K1', { email: 'Taken@cd.example' });
    const { run } = await people.observe('cd');
    expect(run).toMatchObject({ status: 'completed', totals: { rejected: 1, unchanged: 1 } });
    expect(await people.record('cd', 'K1')).toMatchObject({ state: 'rejected', code: 'email_taken' });
    for (let nth = 0; nth < 2; nth += 1) expectNoChanges(await people.observe('cd'), { rejected: 1, unchanged: 1 });
    const { id } = await people.user('cd:K1');
    expect(await people.emails(id)).toEqual(['mine@cd.example']);
    await people.contact('cd', 'K1', { email: 'mine@cd.example' });
    expectNoChanges(await people.observe('cd'), { unchanged: 2 });
    await people.contact('cd', 'K1', { email: 'taken@cd.example' });
    await people.observe('cd');
    await people.deleteUser((await people.user('other-system:7')).id);
    expectNoChanges(await people.observe('cd'), { rejected: 1, unchanged: 1 });
    await world.store.records.allowRetry('cd', { keys: ['cd/contact/K1'], kinds: DEFAULT_KINDS });
    expect((await people.observe('cd')).run.totals).toMatchObject({ updated: 1, unchanged: 1 });
    expect(await people.emails(id)).toEqual(['mine@cd.example', 'taken@cd.example']);
  });

  it('keep their users when two of them swap their emails, each rejected for the other address', async () => {
    await people.begin('ce', {
      K1: { account: 'A1', email: 'one@ce.example' },
      K2: { account: 'A1', email: 'two@ce.example' },
    });
    const before = [await people.user('ce:K1'), await people.user('ce:K2')];
    await people.contact('ce', 'K1', { email: 'two@ce.example' });
    await people.contact('ce', 'K2', { email: 'one@ce.example' });
    expect((await people.observe('ce')).run).toMatchObject({ status: 'completed', totals: { rejected: 2 } });
    expectNoChanges(await people.observe('ce'), { rejected: 2, unchanged: 1 });
    expect([await people.user('ce:K1'), await people.user('ce:K2')]).toEqual(before);
  });

  it('keep their address when the email is cleared or unusable', async () => {
    await people.begin('cf', { K1: { account: 'A1', email: 'kept@cf.example' } });
    for (const [email, code] of [
      ['', 'email_missing'],
      ['call the front desk', 'email_malformed'],
    ] as const) {
      await people.contact('cf', 'K1', { email });
      expectNoChanges(await people.observe('cf'), { unchanged: 2 });
      expect(await people.record('cf', 'K1')).toMatchObject({ state: 'unchanged', code });
    }
    expect(await people.emails((await people.user('cf:K1')).id)).toEqual(['kept@cf.example']);
  });

  it('get an email that is entered later added to the user that was created without one', async () => {
    await people.begin('cg', { K1: { account: 'A1', email: '' } });
    const { id } = await people.user('cg:K1');
    await people.contact('cg', 'K1', { email: 'late@cg.example' });
    expect((await people.observe('cg')).run.totals).toMatchObject({ updated: 1, unchanged: 1 });
    expect(await people.emails(id)).toEqual(['late@cg.example']);
    expectNoChanges(await people.observe('cg'), { unchanged: 2 });
  });

  it("move Ledgerdesk's membership to another account, while memberships of an agent stay", async () => {
    await people.account('ch', 'B1');
    await people.account('ch', 'C1');
    await people.begin('ch', { K1: { account: 'A1', email: 'mover@ch.example' } });
    const { id } = await people.user('ch:K1');
    const theirs = await people.edits.addOrganization({ name: 'Made by an agent' });
    await people.join(id, theirs.id);
    await people.join(id, (await people.edits.organization('ch:C1')).id);
    await people.contact('ch', 'K1', { account: 'B1' });
    expect((await people.observe('ch')).run.totals).toMatchObject({ updated: 1, unchanged: 3 });
    expect(await people.organizationsOf(id)).toEqual(['Made by an agent', 'ch:B1', 'ch:C1']);
    expectNoChanges(await people.observe('ch'), { unchanged: 4 });
    await people.contact('ch', 'K1', { account: 'C1' });
    await people.observe('ch');
    expect(await people.organizationsOf(id)).toEqual(['Made by an agent', 'ch:C1']);
    await people.contact('ch', 'K1', { account: 'A1' });
    await people.observe('ch');
    expect(await people.organizationsOf(id)).toEqual(['Made by an agent', 'ch:A1', 'ch:C1']);
    expectNoChanges(await people.observe('ch'), { unchanged: 4 });
  });

  it('are skipped while inactive, and their users stay as they are', async () => {
    await people.begin('ci', { K1: { account: 'A1', email: 'gone@ci.example' } });
    const before = await people.user('ci:K1');
    await people.contact('ci', 'K1', { inactive: true, name: 'Another Name', email: 'other@ci.example' });
    expectNoChanges(await people.observe('ci'), { unchanged: 1, skipped: 1 });
    expect(await people.record('ci', 'K1')).toMatchObject({ state: 'skipped', code: 'contact_inactive' });
    expect(await people.user('ci:K1')).toEqual(before);
    await people.contact('ci', 'K1', { inactive: false });
    expect((await people.observe('ci')).run.totals).toMatchObject({ updated: 1, unchanged: 1 });
    expect(await people.user('ci:K1')).toMatchObject({ id: before.id, name: 'Another Name', email: before.email });
    expect(await people.emails(before.id)).toEqual(['gone@ci.example', 'other@ci.example']);
  });

  it('of one person keep the user, written from the other row, when the first row becomes inactive', async () => {
    await people.account('ck', 'B1');
    await people.begin('ck', {
      K1: { account: 'A1', email: 'both@ck.example', person: 'X-ck' },
      K2: { account: 'B1', email: 'both@ck.example', person: 'X-ck' },
    });
    const { id } = await people.user('ck:K1');
    expect(await people.organizationsOf(id)).toEqual(['ck:A1', 'ck:B1']);
    await people.contact('ck', 'K1', { inactive: true });
    expect((await people.observe('ck')).run).toMatchObject({
      status: 'completed',
      totals: { created: 0, skipped: 1 },
    });
    expect(await people.user('ck:K1')).toMatchObject({ id, user_fields: { erp_contact_id: 'K2' } });
    expect(await people.organizationsOf(id)).toEqual(['ck:B1']);
    expectNoChanges(await people.observe('ck'), { unchanged: 3, skipped: 1 });
    await people.contact('ck', 'K1', { inactive: false });
    await people.observe('ck');
    expect(await people.organizationsOf(id)).toEqual(['ck:A1', 'ck:B1']);
    expect((await people.users()).filter(({ external_id: key }) => key?.startsWith('ck:'))).toHaveLength(1);
  });

  it('are created once their rejected account has got its organization', async () => {
    const typed = [
      await people.edits.addOrganization({ name: 'cl A1' }),
      await people.edits.addOrganization({ name: 'CL A1' }),
    ];
    const first = await people.begin('cl', { K1: { account: 'A1', email: 'waits@cl.example' } });
    expect(first).toMatchObject({ status: 'completed', totals: { read: 2, rejected: 2 } });
    expect(await people.record('cl', 'K1')).toMatchObject({ state: 'rejected', code: 'account_not_synced' });
    expectNoChanges(await people.observe('cl'), { rejected: 2 });
    await people.edits.editOrganization(typed[1]?.id ?? 0, { name: 'Quite another' });
    expect((await people.observe('cl')).run.totals).toMatchObject({ adopted: 1, created: 1 });
    expect(await people.organizationsOf((await people.user('cl:K1')).id)).toEqual(['cl:A1']);
  });

  it('that share a mailbox are rejected except the first, where the connection says so', async () => {
    const shared = { account: 'A1', email: 'desk@cm.example' };
    const run = await people.begin('cm', { K1: shared, K2: { ...shared, email: 'DESK@cm.example' } }, (settings) => ({
      ...settings,
      sync: { ...settings.sync, sharedMailbox: 'reject' },
    }));
    expect(run).toMatchObject({ status: 'completed', totals: { created: 2, rejected: 1 } });
    expect(await people.record('cm', 'K2')).toMatchObject({
      state: 'rejected',
      code: 'email_shared',
      zendeskId: null,
    });
    expectNoChanges(await people.observe('cm'), { unchanged: 2, rejected: 1 });
    await people.connect(['cm']);
    expect((await people.observe('cm')).run.totals).toMatchObject({ created: 1, unchanged: 2 });
    expect(await people.record('cm', 'K2')).toMatchObject({ state: 'created', code: 'email_shared' });
    expect(await people.user('cm:K2')).toMatchObject({ email: null });
  });

  it('get new external ids on the same users when the template changes', async () => {
    await people.begin('co', {
      K1: { account: 'A1', email: 'one@co.example' },
      K2: { account: 'A1', email: 'two@co.example' },
    });
    const { id } = await people.user('co:K1');
    await people.connect(['co'], (settings) => ({
      ...settings,
      sync: { ...settings.sync, contactExternalId: 'erp-{legalEntity}-{contactId}' },
    }));
    const { run } = await people.observe('co');
    expect(run).toMatchObject({ status: 'completed', totals: { created: 0, updated: 2, unchanged: 1 } });
    expect(await people.user('erp-co-K1')).toMatchObject({ id, email: 'one@co.example' });
    expectNoChanges(await people.observe('co'), { unchanged: 3 });
  });

  it('are read again and written one by one when an operator asks for it', async () => {
    await people.begin('cp', {
      K1: { account: 'A1', email: 'one@cp.example' },
      K2: { account: 'A1', email: 'two@cp.example' },
    });
    await people.contact('cp', 'K1', { email: 'three@cp.example', name: 'Renamed' });
    await people.contact('cp', 'K2', { name: 'Not Asked For' });
    const args = [{ connectionId: 'cp', legalEntity: 'cp', kind: 'contact' as const, accountNumber: 'K1' }];
    const options = { taskQueue: TASK_QUEUE, workflowId: 'account-sync/cp/K1', args };
    const totals: unknown = await world.client.workflow.execute(WORKFLOW_TYPES.syncAccount, options);
    expect(totals).toMatchObject({ read: 1, updated: 1 });
    const { id, name } = await people.user('cp:K1');
    expect([name, await people.emails(id)]).toEqual(['Renamed', ['one@cp.example', 'three@cp.example']]);
    expect((await people.user('cp:K2')).name).toBe('Person K2');
    expect((await people.observe('cp')).run.totals).toMatchObject({ updated: 1, unchanged: 2 });
  });

  it('that may not be read stop no account, and the run reports the reason', async () => {
    await people.account('cn', 'A1');
    await people.contact('cn', 'K1', { account: 'A1', email: 'unseen@cn.example' });
    await world.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: ['ContactPersons'] });
    await people.connect(['cn']);
    const run = await world.sync('cn');
    await world.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: [] });
    expect(run).toMatchObject({ status: 'failed', error: { code: 'missing_privilege' }, totals: { created: 1 } });
    expect(run.error?.message).toMatch(/ContactPersons/);
    expect((await people.edits.organization('cn:A1')).name).toBe('cn A1');
    expect((await people.observe('cn')).run).toMatchObject({ status: 'completed', totals: { created: 1 } });
  });
});
