import { afterEach, describe, expect, it } from '@jest/globals';
import type { ZendeskClient } from '../../../clients/zendesk/client.ts';
import { userRefusalOf } from '../../../clients/zendesk/user-refusal.ts';
import type { NewUser } from '../../../clients/zendesk/user-wire.ts';
import type { ZendeskServer } from '../../../sandbox/zendesk/server.ts';
import { failureOf } from '../kit.ts';
import { closeTestZendesk, createFields, ended, startTestZendesk } from './kit.ts';

let zendeskServer: ZendeskServer | undefined;

afterEach(async () => {
  const mails = zendeskServer?.state.mailsSent();
  zendeskServer = undefined;
  await closeTestZendesk();
  expect(mails).toEqual([]);
});

async function start(
  settings: Parameters<typeof startTestZendesk>[0] = {},
): Promise<Awaited<ReturnType<typeof startTestZendesk>>> {
  const started = await startTestZendesk(settings);
  zendeskServer = started.zendesk;
  await createFields(started.client);
  return started;
}

function personOf(contactId: string, others: Partial<NewUser> = {}): NewUser {
  return {
    form: {
      externalId: `usmf:${contactId}`,
      name: `Person ${contactId}`,
      attributes: { phone: null },
      fields: { erp_contact_id: contactId, erp_contact_legal_entity: 'usmf', erp_job_title: 'Owner' },
    },
    email: `${contactId.toLowerCase()}@contoso.example`,
    organizationId: null,
    ...others,
  };
}

/** Returns the reason of the only, failed item of a job. */
async function refusalOfJob(client: ZendeskClient, job: Parameters<typeof ended>[1]): Promise<string> {
  const [item] = (await ended(client, job)).results ?? [];
  return userRefusalOf(item?.details ?? item?.error ?? null);
}

describe('users of the simulated Zendesk', () => {
  it('are created with a job with organization and primary address, shown and changed', async () => {
    const { client, zendesk } = await start();
    const organizationId = String(zendesk.state.seedOrganization({ name: 'Contoso' }).id);
    const items = [personOf('C1', { organizationId }), personOf('C2', { email: null })];
    const job = await ended(client, await client.createUsers(items));
    expect(job.results?.map(({ ok }) => ok)).toEqual([true, true]);

    const seen = await client.showUsers({ externalIds: ['USMF:c1', 'usmf:C2', 'nobody'] });
    expect(seen.map(({ externalId }) => externalId).sort()).toEqual(['usmf:C1', 'usmf:C2']);
    const first = seen.find(({ externalId }) => externalId === 'usmf:C1');
    expect(first).toEqual({
      ...items[0]?.form,
      id: first?.id,
      email: 'c1@contoso.example',
      role: 'end-user',
      isActive: true,
      isSuspended: false,
      organizationId,
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown,
    });
    expect(seen.find(({ externalId }) => externalId === 'usmf:C2')).toMatchObject({
      email: null,
      organizationId: null,
    });

    const id = first?.id ?? '';
    zendesk.state.editUser(Number(id), { tags: ['vip'], notes: 'calls often', role: 'agent' });
    const change = { id, form: { name: 'Person One', attributes: { phone: '+1 425 555 0100' } } };
    expect((await ended(client, await client.updateUsers([change]))).results).toMatchObject([{ ok: true, id }]);
    const [changed] = await client.showUsers({ ids: [id] });
    expect(changed).toEqual({ ...first, ...change.form, role: 'agent', updatedAt: changed?.updatedAt });
    expect(zendesk.state.users().find((user) => String(user.id) === id)).toMatchObject({
      tags: ['vip'],
      notes: 'calls often',
    });
    await ended(client, await client.updateUsers([{ id, form: { attributes: { phone: null } } }]));
    expect(await client.findUser(id)).toMatchObject({
      name: 'Person One',
      attributes: { phone: null },
      email: 'c1@contoso.example',
    });
    await ended(client, await client.updateUsers([{ id, form: { fields: { erp_job_title: null } } }]));
    expect(await client.findUser(id)).toMatchObject({
      externalId: 'usmf:C1',
      fields: { erp_contact_id: 'C1', erp_job_title: null },
    });
    expect(await client.listUserEmails(id)).toEqual(['c1@contoso.example']);
  });

  it('are found only by id after they were deleted', async () => {
    const { client, zendesk } = await start();
    const { id } = await client.createUser(personOf('C1'));
    zendesk.state.deleteUser(Number(id));
    expect(await client.findUser(id)).toMatchObject({ id, isActive: false, externalId: null, email: null });
    expect(await client.findUser('1')).toBeNull();
    expect(await client.showUsers({ ids: [id] })).toEqual([]);
    expect(await client.showUsers({ externalIds: ['usmf:C1'] })).toEqual([]);
    expect(await client.findUsersByEmail('c1@contoso.example')).toEqual([]);
    expect(await client.listUserEmails(id)).toBeNull();
    expect((await failureOf(client.listMemberships(id))).kind).toBe('missing');
    const [item] = (await ended(client, await client.updateUsers([{ id, form: { name: 'A' } }]))).results ?? [];
    expect(item).toMatchObject({ ok: false });
  });

  it('are found by any of their addresses, but not by a part of one', async () => {
    const { client, zendesk } = await start();
    const { id } = await client.createUser(personOf('C1', { email: 'Ann@contoso.example' }));
    await client.createUser(personOf('C2', { email: 'joann@contoso.example' }));
    const staff = zendesk.state.seedUser({
      name: 'Agent',
      email: 'agent@support.example',
      role: 'agent',
      suspended: true,
    });
    await client.addUserEmail(id, { email: 'Second.Ann@contoso.example', verified: false });
    await client.addUserEmail(id, { email: 'third+ann@contoso.example', verified: true });
    expect(await client.listUserEmails(id)).toEqual([
      'Ann@contoso.example',
      'Second.Ann@contoso.example',
      'third+ann@contoso.example',
    ]);
    const found = async (email: string): Promise<string[]> =>
      (await client.findUsersByEmail(email)).map((user) => user.id);
    expect(await found('ann@contoso.example')).toEqual([id]);
    expect(await found('SECOND.ANN@CONTOSO.EXAMPLE')).toEqual([id]);
    expect(await found('third+ann@contoso.example')).toEqual([id]);
    expect(await found('nn@contoso.example')).toEqual([]);
    expect(await found('contoso.example')).toEqual([]);
    expect(await client.findUsersByEmail('agent@support.example')).toMatchObject([
      { id: String(staff.id), role: 'agent', isSuspended: true },
    ]);
    expect(await client.findUser(id)).toMatchObject({ email: 'Ann@contoso.example' });
  });

  it('are found by external id, but not by email while the index lags', async () => {
    const { client } = await start({ searchLagSeconds: 60 });
    const { id } = await client.createUser(personOf('C1'));
    expect(await client.findUsersByEmail('c1@contoso.example')).toEqual([]);
    expect(await client.showUsers({ externalIds: ['usmf:C1'] })).toMatchObject([{ id }]);
  });
});

describe('a refusal by the simulated Zendesk', () => {
  it('distinguishes taken addresses from taken external ids, for jobs and for single users', async () => {
    const { client } = await start();
    const { id } = await client.createUser(personOf('C1'));
    const sameEmail = personOf('C2', { email: 'C1@contoso.example' });
    const sameId = personOf('c1', { email: 'other@contoso.example' });
    for (const [item, refusal] of [
      [sameEmail, 'email'],
      [sameId, 'external_id'],
      [personOf('C1'), 'external_id'],
    ] as const) {
      const failure = await failureOf(client.createUser(item));
      expect(failure).toMatchObject({
        kind: 'refused',
        status: 422,
        code: 'RecordInvalid',
        operation: 'create a user',
      });
      expect(userRefusalOf(failure.detail)).toBe(refusal);
      expect(await refusalOfJob(client, await client.createUsers([item]))).toBe(refusal);
    }
    const malformed = await failureOf(client.createUser(personOf('C3', { email: 'none at present' })));
    expect(userRefusalOf(malformed.detail)).toBe('email_refused');

    const second = await client.createUser(personOf('C4'));
    const taken = await failureOf(client.addUserEmail(second.id, { email: 'c1@contoso.example', verified: false }));
    expect([taken.kind, userRefusalOf(taken.detail)]).toEqual(['refused', 'email']);
    const change = { id: second.id, form: { externalId: 'USMF:C1' } };
    expect(await refusalOfJob(client, await client.updateUsers([change]))).toBe('external_id');
    expect(await client.showUsers({ ids: [id, second.id] })).toHaveLength(2);
  });

  it('of bulk import is forbidden, but does not apply to single users or changes', async () => {
    const { client, recorder } = await start({ bulkUserImport: false });
    expect(await failureOf(client.createUsers([personOf('C1')]))).toMatchObject({
      system: 'zendesk',
      kind: 'forbidden',
      operation: 'create users',
      status: 403,
    });
    const { id } = await client.createUser(personOf('C1'));
    expect(recorder.ended.at(-1)?.buckets).toEqual(['account', 'user-write']);
    const job = await ended(client, await client.updateUsers([{ id, form: { name: 'Changed' } }]));
    expect(job.results).toMatchObject([{ ok: true, id }]);
  });
});

describe('memberships of the simulated Zendesk', () => {
  it('are added singly and with a job, listed with the default, and can be removed twice', async () => {
    const { client, zendesk } = await start();
    const [a = '', b = '', c = ''] = ['A', 'B', 'C'].map((name) => String(zendesk.state.seedOrganization({ name }).id));
    expect(await client.accountSettings()).toEqual({ multipleOrganizations: true });
    const { id: userId } = await client.createUser(personOf('C1', { organizationId: a }));
    await client.addMembership({ userId, organizationId: b });
    const job = await client.addMemberships([{ userId, organizationId: c }]);
    expect((await ended(client, job)).results).toMatchObject([{ ok: true }]);
    const byOrganization = async (): Promise<unknown> =>
      Object.fromEntries(
        (await client.listMemberships(userId)).map(({ organizationId, isDefault }) => [organizationId, isDefault]),
      );
    expect(await byOrganization()).toEqual({ [a]: true, [b]: false, [c]: false });

    const twice = await failureOf(client.addMembership({ userId, organizationId: b }));
    expect([twice.kind, userRefusalOf(twice.detail)]).toEqual(['refused', 'membership']);
    expect(await refusalOfJob(client, await client.addMemberships([{ userId, organizationId: b }]))).toBe('membership');

    await client.removeMembership({ userId, organizationId: b });
    await client.removeMembership({ userId, organizationId: b });
    await client.removeMembership({ userId: '1', organizationId: b });
    expect(await byOrganization()).toEqual({ [a]: true, [c]: false });
    expect(await client.findUser(userId)).toMatchObject({ organizationId: a });
  });

  it('are limited to one per user if the account does not allow more', async () => {
    const { client, zendesk } = await start({ multipleOrganizations: false });
    const [a = '', b = ''] = ['A', 'B'].map((name) => String(zendesk.state.seedOrganization({ name }).id));
    expect(await client.accountSettings()).toEqual({ multipleOrganizations: false });
    const { id: userId } = await client.createUser(personOf('C1', { organizationId: a }));
    const refused = await failureOf(client.addMembership({ userId, organizationId: b }));
    expect([refused.kind, userRefusalOf(refused.detail)]).toEqual(['refused', 'single_organization']);
    expect(await refusalOfJob(client, await client.addMemberships([{ userId, organizationId: b }]))).toBe(
      'single_organization',
    );
    expect(await client.listMemberships(userId)).toEqual([{ organizationId: a, isDefault: true }]);
  });

  it('may remain if there is no response, and can be removed again', async () => {
    const { client, faults, zendesk } = await start();
    const organizationId = String(zendesk.state.seedOrganization({ name: 'A' }).id);
    const { id: userId } = await client.createUser(personOf('C1', { organizationId }));
    faults.add({ system: 'zendesk', action: { kind: 'cut', when: 'after' } });
    expect((await failureOf(client.removeMembership({ userId, organizationId }))).kind).toBe('unavailable');
    await client.removeMembership({ userId, organizationId });
    expect(await client.listMemberships(userId)).toEqual([]);
  });
});
