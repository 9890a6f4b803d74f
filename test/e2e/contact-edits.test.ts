import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createPeople, makeZendeskPatientWithPeople, type Observed, type People } from '../fixtures/people.ts';
import { createWorld, type World } from '../fixtures/world.ts';
import { TASK_QUEUE, WORKFLOW_TYPES } from '../../workflows/contract.ts';

describe('what people change about contacts and users', () => {
  let world: World;
  let people: People;

  beforeAll(async () => {
    world = await createWorld({ seed: 'empty' });
    people = createPeople(world);
    await makeZendeskPatientWithPeople(world.sandbox);
    await world.startWorker();
  });
  afterEach(async () => {
    await world.sandbox.control('DELETE', '/faults');
    expect(await people.mails()).toBe(0);
  });
  afterAll(() => world.close());

  describe('in the ERP', () => {
    it('a changed email becomes a further address, the primary one stays, and nothing more is asked', async () => {
      await people.begin('ca', { K1: { account: 'A1', email: 'first@ca.example' } });
      const { id } = await people.user('ca:K1');
      await people.contact('ca', 'K1', { email: 'second@ca.example' });
      const { run } = await people.observe('ca');
      expect(run).toMatchObject({ status: 'completed', totals: { created: 0, updated: 1, unchanged: 1 } });
      expect(await people.user('ca:K1')).toMatchObject({ id, email: 'first@ca.example' });
      expect(await people.emails(id)).toEqual(['first@ca.example', 'second@ca.example']);
      const added = (await people.identities()).find(({ value }) => value === 'second@ca.example');
      expect(added).toMatchObject({ verified: false, primary: false });
      expectQuiet(await people.observe('ca'), { unchanged: 2 });
    });

    it('a changed email is added as verified where the connection says so', async () => {
      await people.begin('cb', { K1: { account: 'A1', email: 'first@cb.example' } }, (settings) => ({
        ...settings,
        sync: { ...settings.sync, secondaryEmailVerified: true },
      }));
      await people.contact('cb', 'K1', { email: 'second@cb.example' });
      await people.observe('cb');
      const added = (await people.identities()).find(({ value }) => value === 'second@cb.example');
      expect(added).toMatchObject({ verified: true, primary: false });
    });

    it('an email that goes back, or changes its case only, asks for nothing', async () => {
      await people.begin('cc', { K1: { account: 'A1', email: 'First@cc.example' } });
      await people.contact('cc', 'K1', { email: 'second@cc.example' });
      await people.observe('cc');
      for (const email of ['first@CC.example', 'SECOND@cc.example', ' First@cc.example ']) {
        await people.contact('cc', 'K1', { email });
        expectQuiet(await people.observe('cc'), { unchanged: 2 });
      }
      expect(await people.emails((await people.user('cc:K1')).id)).toEqual(['First@cc.example', 'second@cc.example']);
    });

    it('an email that another user has is rejected, and not tried again and again', async () => {
      await people.typeUser({ name: 'Somebody', email: 'taken@cd.example', external_id: 'other-system:7' });
      await people.begin('cd', { K1: { account: 'A1', email: 'mine@cd.example' } });
      await people.contact('cd', 'K1', { email: 'Taken@cd.example' });
      const { run } = await people.observe('cd');
      expect(run).toMatchObject({ status: 'completed', totals: { rejected: 1, unchanged: 1 } });
      expect(await people.record('cd', 'K1')).toMatchObject({ state: 'rejected', code: 'email_taken' });
      for (let nth = 0; nth < 2; nth += 1) expectQuiet(await people.observe('cd'), { rejected: 1, unchanged: 1 });
      const { id } = await people.user('cd:K1');
      expect(await people.emails(id)).toEqual(['mine@cd.example']);
      await people.contact('cd', 'K1', { email: 'mine@cd.example' });
      expectQuiet(await people.observe('cd'), { unchanged: 2 });
      await people.contact('cd', 'K1', { email: 'taken@cd.example' });
      await people.observe('cd');
      await people.deleteUser((await people.user('other-system:7')).id);
      expectQuiet(await people.observe('cd'), { rejected: 1, unchanged: 1 });
      await world.store.records.allowRetry('cd', { keys: ['cd/contact/K1'] });
      expect((await people.observe('cd')).run.totals).toMatchObject({ updated: 1, unchanged: 1 });
      expect(await people.emails(id)).toEqual(['mine@cd.example', 'taken@cd.example']);
    });

    it('two contacts that swap their emails keep their users, each rejected for the other address', async () => {
      await people.begin('ce', {
        K1: { account: 'A1', email: 'one@ce.example' },
        K2: { account: 'A1', email: 'two@ce.example' },
      });
      const before = [await people.user('ce:K1'), await people.user('ce:K2')];
      await people.contact('ce', 'K1', { email: 'two@ce.example' });
      await people.contact('ce', 'K2', { email: 'one@ce.example' });
      expect((await people.observe('ce')).run).toMatchObject({ status: 'completed', totals: { rejected: 2 } });
      expectQuiet(await people.observe('ce'), { rejected: 2, unchanged: 1 });
      expect([await people.user('ce:K1'), await people.user('ce:K2')]).toEqual(before);
    });

    it('a cleared or unusable email removes nothing', async () => {
      await people.begin('cf', { K1: { account: 'A1', email: 'kept@cf.example' } });
      for (const [email, code] of [
        ['', 'email_missing'],
        ['call the front desk', 'email_malformed'],
      ] as const) {
        await people.contact('cf', 'K1', { email });
        expectQuiet(await people.observe('cf'), { unchanged: 2 });
        expect(await people.record('cf', 'K1')).toMatchObject({ state: 'unchanged', code });
      }
      expect(await people.emails((await people.user('cf:K1')).id)).toEqual(['kept@cf.example']);
    });

    it('an email that the ERP gets only later is added to the user that was made without', async () => {
      await people.begin('cg', { K1: { account: 'A1', email: '' } });
      const { id } = await people.user('cg:K1');
      await people.contact('cg', 'K1', { email: 'late@cg.example' });
      expect((await people.observe('cg')).run.totals).toMatchObject({ updated: 1, unchanged: 1 });
      expect(await people.emails(id)).toEqual(['late@cg.example']);
      expectQuiet(await people.observe('cg'), { unchanged: 2 });
    });

    it('a contact that moves to another account takes our membership along, and an agent’s membership stays', async () => {
      await people.account('ch', 'B1');
      await people.account('ch', 'C1');
      await people.begin('ch', { K1: { account: 'A1', email: 'mover@ch.example' } });
      const { id } = await people.user('ch:K1');
      const theirs = await people.edits.typeOrganization({ name: 'Made by an agent' });
      await people.join(id, theirs.id);
      await people.join(id, (await people.edits.organization('ch:C1')).id);
      await people.contact('ch', 'K1', { account: 'B1' });
      expect((await people.observe('ch')).run.totals).toMatchObject({ updated: 1, unchanged: 3 });
      expect(await people.organizationsOf(id)).toEqual(['Made by an agent', 'ch:B1', 'ch:C1']);
      expectQuiet(await people.observe('ch'), { unchanged: 4 });
      await people.contact('ch', 'K1', { account: 'C1' });
      await people.observe('ch');
      expect(await people.organizationsOf(id)).toEqual(['Made by an agent', 'ch:C1']);
      await people.contact('ch', 'K1', { account: 'A1' });
      await people.observe('ch');
      expect(await people.organizationsOf(id)).toEqual(['Made by an agent', 'ch:A1', 'ch:C1']);
      expectQuiet(await people.observe('ch'), { unchanged: 4 });
    });

    it('a contact that becomes inactive is skipped and its user left alone, until it is active again', async () => {
      await people.begin('ci', { K1: { account: 'A1', email: 'gone@ci.example' } });
      const before = await people.user('ci:K1');
      await people.contact('ci', 'K1', { inactive: true, name: 'Another Name', email: 'other@ci.example' });
      expectQuiet(await people.observe('ci'), { unchanged: 1, skipped: 1 });
      expect(await people.record('ci', 'K1')).toMatchObject({ state: 'skipped', code: 'contact_inactive' });
      expect(await people.user('ci:K1')).toEqual(before);
      await people.contact('ci', 'K1', { inactive: false });
      expect((await people.observe('ci')).run.totals).toMatchObject({ updated: 1, unchanged: 1 });
      expect(await people.user('ci:K1')).toMatchObject({ id: before.id, name: 'Another Name', email: before.email });
      expect(await people.emails(before.id)).toEqual(['gone@ci.example', 'other@ci.example']);
    });

    it('a person whose first row becomes inactive keeps the user, written from the other row', async () => {
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
      expectQuiet(await people.observe('ck'), { unchanged: 3, skipped: 1 });
      await people.contact('ck', 'K1', { inactive: false });
      await people.observe('ck');
      expect(await people.organizationsOf(id)).toEqual(['ck:A1', 'ck:B1']);
      expect((await people.users()).filter(({ external_id: key }) => key?.startsWith('ck:'))).toHaveLength(1);
    });

    it('a contact is created once its rejected account has got its organization', async () => {
      const typed = [
        await people.edits.typeOrganization({ name: 'cl A1' }),
        await people.edits.typeOrganization({ name: 'CL A1' }),
      ];
      const first = await people.begin('cl', { K1: { account: 'A1', email: 'waits@cl.example' } });
      expect(first).toMatchObject({ status: 'completed', totals: { read: 2, rejected: 2 } });
      expect(await people.record('cl', 'K1')).toMatchObject({ state: 'rejected', code: 'account_not_synced' });
      expectQuiet(await people.observe('cl'), { rejected: 2 });
      await people.edits.editOrganization(typed[1]?.id ?? 0, { name: 'Quite another' });
      expect((await people.observe('cl')).run.totals).toMatchObject({ adopted: 1, created: 1 });
      expect(await people.organizationsOf((await people.user('cl:K1')).id)).toEqual(['cl:A1']);
    });

    it('contacts that share a mailbox are rejected but the first, where the connection wants it so', async () => {
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
      expectQuiet(await people.observe('cm'), { unchanged: 2, rejected: 1 });
      await people.connect(['cm']);
      expect((await people.observe('cm')).run.totals).toMatchObject({ created: 1, unchanged: 2 });
      expect(await people.record('cm', 'K2')).toMatchObject({ state: 'created', code: 'email_shared' });
      expect(await people.user('cm:K2')).toMatchObject({ email: null });
    });

    it('another template of external ids re-keys the users that are there', async () => {
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
      expectQuiet(await people.observe('co'), { unchanged: 3 });
    });

    it('a single contact is read again and written when somebody asks for it', async () => {
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

    it('contacts that may not be read stop no account, and the run says why it failed', async () => {
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

  describe('in Zendesk', () => {
    it('a user that has our external id already is taken over as it is, with its address added', async () => {
      const typed = await people.typeUser({ name: 'Typed', email: 'typed@da.example', external_id: 'DA:k1' });
      const run = await people.begin('da', { K1: { account: 'A1', email: 'erp@da.example', name: 'From the ERP' } });
      expect(run).toMatchObject({ status: 'completed', totals: { created: 1, updated: 1 } });
      expect(await people.user('da:K1')).toMatchObject({
        id: typed.id,
        name: 'From the ERP',
        email: 'typed@da.example',
      });
      expect(await people.emails(typed.id)).toEqual(['typed@da.example', 'erp@da.example']);
      expect(await people.organizationsOf(typed.id)).toEqual(['da:A1']);
      expectQuiet(await people.observe('da'), { unchanged: 2 });
    });

    it('users that another installation has made are found unchanged, with nothing taken for granted', async () => {
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
      expectQuiet(await people.observe('db'), { unchanged: 3 });
    });

    it('a user of the same email is adopted, also when the address is not its primary one', async () => {
      const plain = await people.typeUser({
        name: 'By Hand',
        email: 'Plain@dc.example',
        notes: 'theirs',
        tags: ['vip'],
      });
      const other = await people.typeUser({ name: 'By Hand 2', email: 'private@dc.example' });
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
      expectQuiet(await people.observe('dc'), { unchanged: 3 });
    });

    it('a user that the search does not know yet is adopted by the next run', async () => {
      await world.sandbox.control('PATCH', '/settings/zendesk', { searchLagSeconds: 3_600 });
      const typed = await people.typeUser({ name: 'Just Typed', email: 'new@dl.example' });
      await people.begin('dl', { K1: { account: 'A1', email: 'new@dl.example' } });
      expect(await people.record('dl', 'K1')).toMatchObject({ state: 'rejected', code: 'email_taken' });
      await world.sandbox.control('PATCH', '/settings/zendesk', { searchLagSeconds: 0 });
      expect((await people.observe('dl')).run.totals).toMatchObject({ adopted: 1, unchanged: 1 });
      expect(await people.user('dl:K1')).toMatchObject({ id: typed.id });
    });

    it('an agent of the same email gets the external id and the membership, and nothing else', async () => {
      const agent = await people.typeUser({
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
      expectQuiet(await people.observe('dd'), { unchanged: 2 });
      expect(await people.user('dd:K1')).toEqual(after);
    });

    it('a user that another system has its external id on is left alone', async () => {
      const foreign = await people.typeUser({ name: 'Theirs', email: 'theirs@de.example', external_id: 'crm:1' });
      const run = await people.begin('de', { K1: { account: 'A1', email: 'theirs@de.example' } });
      expect(run).toMatchObject({ status: 'completed', totals: { created: 1, rejected: 1 } });
      expect(await people.record('de', 'K1')).toMatchObject({ code: 'email_taken', zendeskId: null });
      expectQuiet(await people.observe('de'), { unchanged: 1, rejected: 1 });
      expect(await people.user('crm:1')).toEqual(foreign);
      await people.editUser(foreign.id, { external_id: null });
      await world.store.records.allowRetry('de', { keys: ['de/contact/K1'] });
      expect((await people.observe('de')).run.totals).toMatchObject({ adopted: 1 });
    });

    it('a suspended user is kept up to date, and the record says so', async () => {
      await people.begin('df', { K1: { account: 'A1', email: 'spam@df.example' } });
      const { id } = await people.user('df:K1');
      await people.editUser(id, { suspended: true });
      expect((await people.observe('df', { full: true })).run.totals).toMatchObject({ unchanged: 2 });
      expect(await people.record('df', 'K1')).toMatchObject({ state: 'unchanged', code: 'user_suspended' });
      await people.contact('df', 'K1', { name: 'Renamed' });
      expect((await people.observe('df')).run.totals).toMatchObject({ updated: 1 });
      expect(await people.user('df:K1')).toMatchObject({ id, name: 'Renamed' });
    });

    it('a user that was deleted is not made again unless somebody asks for it', async () => {
      await people.begin('dg', { K1: { account: 'A1', email: 'deleted@dg.example' } });
      const { id } = await people.user('dg:K1');
      await people.deleteUser(id);
      expect((await people.observe('dg', { full: true })).run.totals).toMatchObject({ rejected: 1, unchanged: 1 });
      expect(await people.record('dg', 'K1')).toMatchObject({ state: 'rejected', code: 'user_deleted' });
      expectQuiet(await people.observe('dg'), { rejected: 1, unchanged: 1 });
      await people.contact('dg', 'K1', { name: 'Still Gone' });
      expect((await people.observe('dg')).run.totals).toMatchObject({ rejected: 1 });
      await world.store.records.allowRetry('dg', { keys: [], code: 'user_deleted' });
      expect((await people.observe('dg')).run.totals).toMatchObject({ created: 1, unchanged: 1 });
      const again = await people.user('dg:K1');
      expect(again).toMatchObject({ name: 'Still Gone', email: 'deleted@dg.example' });
      expect([again.id === id, await people.organizationsOf(again.id)]).toEqual([false, ['dg:A1']]);
      expectQuiet(await people.observe('dg'), { unchanged: 2 });
    });

    it('a user that an edit finds deleted is not made again either', async () => {
      await people.begin('dh', { K1: { account: 'A1', email: 'deleted@dh.example' } });
      await people.deleteUser((await people.user('dh:K1')).id);
      await people.contact('dh', 'K1', { email: 'new@dh.example' });
      expect((await people.observe('dh')).run.totals).toMatchObject({ rejected: 1, unchanged: 1 });
      expect(await people.record('dh', 'K1')).toMatchObject({ code: 'user_deleted' });
      expectQuiet(await people.observe('dh'), { rejected: 1, unchanged: 1 });
    });

    it('a contact whose user was merged into another is linked to the one that is left', async () => {
      await people.begin('di', {
        K1: { account: 'A1', email: 'loser@di.example' },
        K2: { account: 'A1', email: 'second@di.example' },
      });
      const nobodys = await people.typeUser({ name: 'Winner', email: 'winner@di.example' });
      const others = await people.typeUser({ name: 'Winner 2', email: 'winner2@di.example', external_id: 'crm:di' });
      await people.mergeUser((await people.user('di:K1')).id, nobodys.id);
      await people.mergeUser((await people.user('di:K2')).id, others.id);
      const { run } = await people.observe('di', { full: true });
      expect(run).toMatchObject({ status: 'completed', totals: { read: 3, created: 0, rejected: 1 } });
      expect(await people.user('di:K1')).toMatchObject({ id: nobodys.id, email: 'winner@di.example' });
      expect(await people.record('di', 'K1')).toMatchObject({ zendeskId: String(nobodys.id) });
      expect(await people.record('di', 'K2')).toMatchObject({ code: 'email_taken' });
      expect(await people.organizationsOf(nobodys.id)).toEqual(['di:A1']);
      expectQuiet(await people.observe('di'), { unchanged: 2, rejected: 1 });
    });

    it('where a user may belong to one organization only, the first is kept until the contact leaves it', async () => {
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
      expectQuiet(await people.observe('dk'), { unchanged: 6 });
      await people.contact('dk', 'K1', { account: 'C1' });
      await people.contact('dk', 'K3', { account: 'B1' });
      await people.observe('dk');
      expect(await people.organizationsOf(mover.id)).toEqual(['dk:B1']);
      expect(await people.organizationsOf(two.id)).toHaveLength(1);
      expectQuiet(await people.observe('dk'), { unchanged: 6 });
      await world.sandbox.control('PATCH', '/settings/zendesk', { multipleOrganizations: true });
      await people.observe('dk', { full: true });
      expect(await people.organizationsOf(two.id)).toEqual(['dk:B1', 'dk:C1']);
      expect(await people.record('dk', 'K1')).toMatchObject({ code: null });
    });
  });

  /** A run that changed nothing in Zendesk and asked it for next to nothing, with these totals. */
  function expectQuiet({ run, writes, requests }: Observed, totals: object): void {
    expect([run.status, run.error, writes]).toEqual(['completed', null, []]);
    const none = { created: 0, updated: 0, adopted: 0, unchanged: 0, skipped: 0, rejected: 0 };
    expect(run.totals).toMatchObject({ ...none, ...totals });
    expect(requests.length).toBeLessThanOrEqual(2);
  }
});
