import { afterEach, describe, expect, it } from '@jest/globals';
import type { UserForm } from '../../../domain/contacts/user.ts';
import { closeLoopbacks } from '../../fixtures/loopback.ts';
import { failureOf } from '../kit.ts';
import { clientOf } from './kit.ts';

afterEach(closeLoopbacks);

const FIELDS = { erp_contact_id: '000001', erp_contact_legal_entity: 'usmf', erp_job_title: null };

const FORM: UserForm = {
  externalId: 'usmf:000001',
  name: 'Alicia Thornber',
  attributes: { phone: null },
  fields: FIELDS,
};

const WIRE = {
  id: 19856122753301,
  url: 'https://contoso.zendesk.com/api/v2/users/19856122753301.json',
  name: 'Alicia Thornber',
  external_id: 'usmf:000001',
  email: 'alicia@contoso.example',
  phone: '+1 425 555 0100',
  role: 'end-user',
  active: true,
  suspended: true,
  organization_id: 360000000001,
  notes: 'notes of agents',
  tags: ['vip'],
  updated_at: '2026-11-20T12:00:00.750+02:00',
  user_fields: { ...FIELDS, erp_job_title: '', shoe_sizes: [41, 42], others: { a: 1 } },
};

const SEEN = {
  id: '19856122753301',
  externalId: 'usmf:000001',
  name: 'Alicia Thornber',
  attributes: { phone: '+1 425 555 0100' },
  fields: { ...FIELDS, shoe_sizes: null, others: null },
  email: 'alicia@contoso.example',
  role: 'end-user',
  isActive: true,
  isSuspended: true,
  organizationId: '360000000001',
  updatedAt: '2026-11-20T10:00:00Z',
};

const queued = { id: 'V3-70', total: 1, progress: null, status: 'queued', message: null, results: null };

describe('a user in a response', () => {
  it('is read with the members that Ledgerdesk needs', async () => {
    const { server, client } = await clientOf({ body: { users: [WIRE], count: 1 } });
    expect(await client.showUsers({ externalIds: ['usmf:000001', 'ä 1'] })).toEqual([SEEN]);
    expect(server.requests[0]?.url).toBe('/api/v2/users/show_many?external_ids=usmf%3A000001,%C3%A4%201');
  });

  it.each([
    [{ role: 'admin' }, { role: 'admin' }],
    [{ role: 'light_agent' }, { role: 'agent' }],
    [{ role: undefined }, { role: 'agent' }],
    [
      { active: undefined, suspended: null },
      { isActive: true, isSuspended: false },
    ],
    [
      { external_id: 4711, phone: 1425 },
      { externalId: '4711', attributes: { phone: '1425' } },
    ],
    [
      { external_id: null, email: null, phone: '' },
      { externalId: null, email: null, attributes: { phone: null } },
    ],
    [{ organization_id: null }, { organizationId: null }],
    [{ updated_at: null }, { updatedAt: null }],
    [{ updated_at: undefined }, { updatedAt: null }],
    [{ user_fields: { erp_job_title: 7, vip: true } }, { fields: { erp_job_title: 7, vip: true } }],
    [
      { user_fields: undefined, name: null, active: false },
      { isActive: false, name: '', fields: {} },
    ],
  ])('with %j is read as %j', async (wire, seen) => {
    const { client } = await clientOf({ body: { user: { ...WIRE, ...wire } } });
    expect(await client.findUser('1')).toMatchObject(seen);
  });

  it.each([
    ['no id', { ...WIRE, id: null }],
    ['an id that lost digits', { ...WIRE, id: 1.5 }],
  ])('with %s is an error', async (_what, wire) => {
    const { client } = await clientOf({ body: { users: [wire] } });
    const failure = await failureOf(client.showUsers({ ids: ['1'] }));
    expect(failure).toMatchObject({ kind: 'unexpected', operation: 'show users' });
    expect(failure.message).not.toContain('notes of agents');
  });

  it('with no name is shown by its id, with what could not be read', async () => {
    const { client } = await clientOf({ body: { users: [{ ...WIRE, name: null }] } });
    expect(await client.showUsers({ ids: ['1'] })).toMatchObject([{ id: String(WIRE.id), defect: 'name' }]);
  });

  it('is not shown if it was deleted', async () => {
    const { client } = await clientOf({ body: { users: [{ ...WIRE, active: false }] } });
    expect(await client.showUsers({ ids: ['19856122753301'] })).toEqual([]);
  });

  it('is deleted only with the code RecordNotFound, not if a path or an address is wrong', async () => {
    for (const body of [{ error: 'InvalidEndpoint', description: 'Not found' }, {}, '<html></html>']) {
      const { client } = await clientOf({ status: 404, body });
      const calls = [
        client.findUser('1'),
        client.listUserEmails('1'),
        client.removeMembership({ userId: '1', organizationId: '2' }),
      ];
      for (const call of calls) expect((await failureOf(call)).kind).toBe('missing');
    }
    const { client } = await clientOf({ status: 404, body: { error: 'RecordNotFound', description: 'Not found' } });
    expect(await client.findUser('1')).toBeNull();
    expect(await client.listUserEmails('1')).toBeNull();
    await client.removeMembership({ userId: '1', organizationId: '2' });
    expect((await failureOf(client.listMemberships('1'))).kind).toBe('missing');
  });
});

describe('writes of users', () => {
  it('create users without role, verification and empty members, and without an email', async () => {
    const { server, client, recorder } = await clientOf({ body: { job_status: queued } });
    await client.createUsers([
      { form: FORM, email: null, organizationId: null },
      { form: { ...FORM, attributes: { phone: '+1' } }, email: 'a@b.example', organizationId: '360000000001' },
    ]);
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/api/v2/users/create_many' });
    const base = { name: 'Alicia Thornber', external_id: 'usmf:000001', user_fields: FIELDS, skip_verify_email: true };
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      users: [base, { ...base, phone: '+1', email: 'a@b.example', organization_id: 360000000001 }],
    });
    expect(recorder.ended[0]?.buckets).toEqual(['account', 'jobs']);
  });

  it('create a single user under the rate limit of user writes', async () => {
    const { server, client, recorder } = await clientOf({ status: 201, body: { user: WIRE } });
    expect(await client.createUser({ form: FORM, email: 'a@b.example', organizationId: null })).toEqual(SEEN);
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/api/v2/users' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ user: { skip_verify_email: true } });
    expect(recorder.ended[0]?.buckets).toEqual(['account', 'user-write']);
    const busy = await clientOf({
      status: 429,
      body: { errors: [{ code: 'TooManyRequests', title: 'Too many requests to update' }] },
    });
    expect(await failureOf(busy.client.createUser({ form: FORM, email: null, organizationId: null }))).toMatchObject({
      kind: 'limited',
      bucket: 'user-write',
    });
  });

  it('change only the given members, including the removal of a phone', async () => {
    const { server, client } = await clientOf({ body: { job_status: queued } });
    await client.updateUsers([
      { id: '9007199254740993', form: { attributes: { phone: null } } },
      { id: '5', form: { name: 'A' } },
      { id: '6', form: FORM },
      { id: '7', form: { externalId: 'usmf:000002', fields: { erp_job_title: null } } },
      { id: '8', form: {} },
    ]);
    expect(server.requests[0]).toMatchObject({ method: 'PUT', url: '/api/v2/users/update_many' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      users: [
        { id: '9007199254740993', phone: null },
        { id: 5, name: 'A' },
        { id: 6, name: 'Alicia Thornber', external_id: 'usmf:000001', phone: null, user_fields: FIELDS },
        { id: 7, external_id: 'usmf:000002', user_fields: { erp_job_title: null } },
        { id: 8 },
      ],
    });
  });

  it('reject an empty batch and one of more than 100', async () => {
    const { server, client } = await clientOf({ body: { job_status: queued } });
    const many = Array.from({ length: 101 }, (_none, n) => ({ userId: String(n), organizationId: '1' }));
    expect(() => client.createUsers([])).toThrow(RangeError);
    expect(() => client.updateUsers(many.map(({ userId: id }) => ({ id, form: {} })))).toThrow(RangeError);
    expect(() => client.addMemberships(many)).toThrow(RangeError);
    expect(server.requests).toHaveLength(0);
  });
});

describe('a search by email', () => {
  it('uses the whole address, and needs no other request if it is the primary address of a user', async () => {
    const other = { ...WIRE, id: 2, email: 'xalicia@contoso.example' };
    const { server, client } = await clientOf({ body: { users: [other, WIRE], next_page: null, count: 2 } });
    expect(await client.findUsersByEmail(' Alicia@Contoso.example')).toEqual([SEEN]);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/api/v2/users/search?query=%22alicia%40contoso.example%22&per_page=100',
    ]);
  });

  it('lists the addresses of at most five candidates', async () => {
    const users = Array.from({ length: 9 }, (_none, n) => ({ ...WIRE, id: n + 1, email: `${String(n)}@x.example` }));
    const { server, client } = await clientOf((request) =>
      request.url.includes('search')
        ? { body: { users, next_page: null, count: 9 } }
        : { body: { identities: [{ id: 1, type: 'email', value: 'else@x.example' }], meta: { has_more: false } } },
    );
    expect(await client.findUsersByEmail('alicia@contoso.example')).toEqual([]);
    expect(server.requests).toHaveLength(6);
  });

  it('ignores other identities', async () => {
    const identities = [
      { id: 1, type: 'twitter', value: 'alicia@contoso.example' },
      { id: 2, type: 'email', value: 'a@x.example' },
      { id: 3, type: 'email', value: null },
    ];
    const { client } = await clientOf({ body: { identities, meta: { has_more: false } } });
    expect(await client.listUserEmails('5')).toEqual(['a@x.example']);
  });
});

describe('the account settings', () => {
  it.each([
    [{ user: { multiple_organizations: true } }, true],
    [{ user: { multiple_organizations: false } }, false],
    [{ user: {} }, null],
    [{}, null],
  ])('%j have multiple organizations: %s', async (settings, multipleOrganizations) => {
    const { client } = await clientOf({ body: { settings } });
    expect(await client.accountSettings()).toEqual({ multipleOrganizations });
  });
});
