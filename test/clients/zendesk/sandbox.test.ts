import { afterEach, describe, expect, it } from '@jest/globals';
import type { OrganizationForm } from '../../../domain/accounts/organization.ts';
import { failureOf } from '../kit.ts';
import { closeTestZendesk, createFields, ended, neededFields, startTestZendesk } from './kit.ts';

afterEach(closeTestZendesk);

const fields = (key: string): OrganizationForm['fields'] => ({
  erp_account_number: key,
  erp_account_type: 'customer',
  erp_legal_entity: 'usmf',
  erp_account_group: '10',
  erp_on_hold: 'No',
  erp_currency: 'USD',
  erp_city: null,
  erp_country: 'USA',
});

describe('the client of Zendesk, against the simulated Zendesk', () => {
  it('creates, finds, changes and exports fields, organizations and tags', async () => {
    const { client } = await startTestZendesk();
    expect(await client.currentUser()).toMatchObject({ role: 'admin' });
    await createFields(client);
    expect((await client.listFields('organization')).map(({ key }) => key).sort()).toEqual(
      neededFields('organization')
        .map(({ key }) => key)
        .sort(),
    );

    const items = Array.from({ length: 3 }, (_none, n) => ({
      form: { externalId: `usmf:A ${String(n)}`, name: `Firm ${String(n)}`, fields: fields(`A ${String(n)}`) },
      tags: ['erp_customer'],
    }));
    const job = await ended(client, await client.createOrganizations(items));
    expect(job.results?.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect((await client.listJobs()).map(({ id }) => id)).toContain(job.id);

    const seen = await client.showOrganizations({ externalIds: ['usmf:a 0', 'usmf:A 1', 'usmf:A 2', 'nobody'] });
    expect(seen.map(({ externalId }) => externalId).sort()).toEqual(['usmf:A 0', 'usmf:A 1', 'usmf:A 2']);
    const first = seen.find(({ externalId }) => externalId === 'usmf:A 0');
    expect(first).toMatchObject({ name: 'Firm 0', fields: fields('A 0'), tags: ['erp_customer'], deleted: false });
    const id = first?.id ?? '';

    const update = await client.updateOrganizations([
      { id, form: { name: 'Firm Zero' } },
      { id: seen.find(({ externalId }) => externalId === 'usmf:A 1')?.id ?? '', form: { name: 'firm 2' } },
    ]);
    const results = (await ended(client, update)).results ?? [];
    expect(results.filter(({ ok }) => ok)).toMatchObject([{ id }]);
    expect(results.find(({ ok }) => !ok)?.details).toContain('already been taken');

    await client.addOrganizationTags(id, ['erp_vendor']);
    expect(await client.findOrganizationsByName('FIRM ZERO')).toMatchObject([
      { id, tags: ['erp_customer', 'erp_vendor'] },
    ]);
    expect(await client.findOrganizationByExternalId('USMF:A 0')).toMatchObject({ id, fields: fields('A 0') });
    expect(await client.findOrganizationByExternalId('usmf:A 9')).toBeNull();
    const page = await client.exportOrganizations({ startTime: 0 });
    expect(page).toMatchObject({ count: 3, endOfStream: true });
    expect(page.organizations.map((organization) => organization.id)).toContain(id);
  });

  it('distinguishes limits, lost responses and rejected tokens', async () => {
    const { client, faults, zendesk } = await startTestZendesk();
    const form = { externalId: 'A', name: 'A', fields: fields('A') };
    faults.add({ system: 'zendesk', action: { kind: 'status', status: 429, retryAfter: 3, body: 'edge' } });
    expect(await failureOf(client.currentUser())).toMatchObject({
      kind: 'limited',
      bucket: 'account',
      retryAfterMs: 3_000,
    });
    faults.add({ system: 'zendesk', action: { kind: 'cut', when: 'after' } });
    expect((await failureOf(client.createOrganizations([{ form, tags: [] }]))).kind).toBe('unsure');
    faults.add({ system: 'zendesk', action: { kind: 'truncate', bytes: 10 } });
    expect((await failureOf(client.listFields('organization'))).kind).toBe('unavailable');
    for (let n = 0; n < 10; n += 1) await client.exportOrganizations({ startTime: 0 });
    expect(await failureOf(client.exportOrganizations({ startTime: 0 }))).toMatchObject({
      kind: 'limited',
      bucket: 'incremental',
    });
    zendesk.state.revokeToken(zendesk.credentials.accessToken);
    expect((await failureOf(client.listFields('organization'))).kind).toBe('unauthorized');
  });

  it('changes only the members of an update', async () => {
    const { client, zendesk } = await startTestZendesk();
    await createFields(client);
    const form = { externalId: 'usmf:A', name: 'Firm A', fields: fields('A') };
    await ended(client, await client.createOrganizations([{ form, tags: ['erp_customer', 'vip'] }]));
    const [created] = await client.showOrganizations({ externalIds: ['usmf:A'] });
    const id = created?.id ?? '';
    zendesk.state.editOrganization(Number(id), { notes: 'notes of agents' });

    const change = { fields: { erp_city: 'Lyon', erp_currency: null } };
    const job = await ended(client, await client.updateOrganizations([{ id, form: change }]));
    expect(job.results).toMatchObject([{ ok: true, id }]);
    const [changed] = await client.showOrganizations({ ids: [id] });
    expect(changed).toEqual({
      ...created,
      fields: { ...created?.fields, ...change.fields },
      updatedAt: changed?.updatedAt,
    });
    await ended(client, await client.updateOrganizations([{ id, form: { name: 'Firm B' } }]));
    expect(await client.showOrganizations({ ids: [id] })).toMatchObject([
      { externalId: 'usmf:A', name: 'Firm B', fields: { erp_city: 'Lyon', erp_country: 'USA', erp_currency: null } },
    ]);
    expect(zendesk.state.organizations()).toMatchObject([{ notes: 'notes of agents', tags: ['erp_customer', 'vip'] }]);
  });

  it('returns the times at which jobs were shown and tags were added', async () => {
    const { client, zendesk } = await startTestZendesk();
    const id = String(zendesk.state.seedOrganization({ name: 'Contoso' }).id);
    const job = await client.updateOrganizations([{ id, form: { name: 'Contoso Ltd' } }]);
    const [shown] = await client.showJobs([job.id]);
    const { at: taggedAt, tags } = await client.addOrganizationTags(id, ['erp_customer']);
    expect(tags).toEqual(['erp_customer']);
    for (const at of [shown?.shownAt, taggedAt]) {
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(Math.abs(Date.parse(at ?? '') - Date.now())).toBeLessThan(60_000);
    }
  });
});
