import { afterEach, describe, expect, it } from '@jest/globals';
import { closeLoopbacks } from '../../fixtures/loopback.ts';
import { failureOf } from '../kit.ts';
import { clientOf, closeTestZendesk, createFields, neededFields, startTestZendesk } from './kit.ts';

afterEach(closeLoopbacks);
afterEach(closeTestZendesk);

const OWNERS = ['organization', 'user'] as const;
const CITY = { key: 'erp_city', title: 'ERP city', type: 'text' };
/** A field, as in Zendesk's documentation. */
const WIRE = { id: 7, ...CITY, position: 9999, active: true, regexp_for_validation: null };

describe.each(OWNERS)('the custom fields of an account, for each %s', (owner) => {
  it('are listed from all pages, including inactive ones', async () => {
    const pages = [[WIRE], [{ ...WIRE, key: 'erp_country', type: 'dropdown', active: false }]];
    const { client, server, recorder } = await clientOf((_request, { nth }) => ({
      body: { [`${owner}_fields`]: pages[nth - 1], meta: { has_more: nth < 2, after_cursor: 'c1' } },
    }));
    expect(await client.listFields(owner)).toEqual([
      { key: 'erp_city', type: 'text', isActive: true },
      { key: 'erp_country', type: 'dropdown', isActive: false },
    ]);
    expect(server.requests.map(({ url }) => url)).toEqual([
      `/api/v2/${owner}_fields?page[size]=100`,
      `/api/v2/${owner}_fields?page[size]=100&page[after]=c1`,
    ]);
    expect(recorder.ended.map(({ operation }) => operation)).toEqual(Array(2).fill(`list ${owner} fields`));
  });

  it('are active if the response has no active member', async () => {
    const { client } = await clientOf({ body: { [`${owner}_fields`]: [{ ...WIRE, active: undefined }] } });
    expect(await client.listFields(owner)).toEqual([{ key: 'erp_city', type: 'text', isActive: true }]);
  });

  it('are created active, with key, title and type', async () => {
    const { client, server, recorder } = await clientOf({ status: 201, body: { [`${owner}_field`]: WIRE } });
    expect(await client.createField(owner, CITY)).toEqual({ key: 'erp_city', type: 'text', isActive: true });
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: `/api/v2/${owner}_fields` });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ [`${owner}_field`]: { ...CITY, active: true } });
    expect(recorder.ended[0]?.operation).toBe(`create the ${owner} field erp_city`);
  });

  it.each([
    ['no key', { ...WIRE, key: undefined }],
    ['no type', { ...WIRE, type: null }],
  ])('are an error with %s', async (_what, wire) => {
    const { client } = await clientOf({ body: { [`${owner}_fields`]: [wire], [`${owner}_field`]: wire } });
    expect((await failureOf(client.listFields(owner))).kind).toBe('unexpected');
    expect((await failureOf(client.createField(owner, CITY))).kind).toBe('unexpected');
  });

  it('may have been created if there is no response', async () => {
    const { client } = await clientOf((_request, { response }) => void response.destroy());
    expect((await failureOf(client.createField(owner, CITY))).kind).toBe('unsure');
    expect((await failureOf(client.listFields(owner))).kind).toBe('unavailable');
  });
});

describe('the custom fields of the simulated Zendesk', () => {
  it('are created for organizations and users, and listed with their types', async () => {
    const { client } = await startTestZendesk();
    await createFields(client);
    for (const owner of OWNERS) {
      const wanted = neededFields(owner).map(({ key, type }) => ({ key, type, isActive: true }));
      const listed = await client.listFields(owner);
      expect(listed).toHaveLength(wanted.length);
      expect(listed).toEqual(expect.arrayContaining(wanted));
    }
  });

  it('are refused if the key is taken, with the reason', async () => {
    const { client } = await startTestZendesk();
    await client.createField('organization', CITY);
    const failure = await failureOf(client.createField('organization', { ...CITY, title: 'Another title' }));
    expect(failure).toMatchObject({
      kind: 'refused',
      status: 422,
      operation: 'create the organization field erp_city',
    });
    expect(failure.detail).toContain('erp_city has already been taken');
    expect(await client.listFields('organization')).toHaveLength(1);
    expect(await client.createField('user', CITY)).toMatchObject({ key: 'erp_city' });
  });

  it('can be created only by an administrator', async () => {
    const { client, zendesk } = await startTestZendesk();
    zendesk.state.editUser(Number((await client.currentUser())?.id), { role: 'agent' });
    expect((await failureOf(client.createField('user', CITY))).kind).toBe('forbidden');
    expect(await client.listFields('user')).toEqual([]);
  });
});
