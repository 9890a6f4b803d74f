import { afterEach, describe, expect, it } from '@jest/globals';
import type { OrganizationForm } from '../../../domain/accounts/organization.ts';
import { closeLoopbacks } from '../../fixtures/loopback.ts';
import { failureOf } from '../kit.ts';
import { clientOf } from './kit.ts';

afterEach(closeLoopbacks);

const FIELDS: OrganizationForm['fields'] = {
  erp_account_number: 'US-001',
  erp_account_type: 'customer',
  erp_legal_entity: 'usmf',
  erp_account_group: null,
  erp_on_hold: 'No',
  erp_currency: 'USD',
  erp_city: null,
  erp_country: null,
};

const WIRE = {
  url: 'https://contoso.zendesk.com/api/v2/organizations/19856122753300.json',
  id: 19856122753300,
  name: 'Contoso',
  shared_tickets: false,
  external_id: 'US-001',
  created_at: '2026-11-20T10:00:00Z',
  updated_at: '2026-11-20T12:00:00.750+02:00',
  domain_names: [],
  notes: 'notes of agents',
  tags: ['vip', 'erp_customer'],
  organization_fields: { ...FIELDS, erp_city: '', others: 7 },
};

const SEEN = {
  id: '19856122753300',
  externalId: 'US-001',
  name: 'Contoso',
  fields: { ...FIELDS, others: 7 },
  tags: ['vip', 'erp_customer'],
  updatedAt: '2026-11-20T10:00:00Z',
  deleted: false,
};

const queued = { id: 'V3-69', url: 'x', total: 2, progress: null, status: 'queued', message: null, results: null };
const form = { externalId: 'US-001', name: 'Contoso', fields: FIELDS };

describe('the export of organizations', () => {
  it('requests a large page, and counts against both limits', async () => {
    const body = {
      organizations: [WIRE],
      count: 1,
      end_time: 1_700_000_500,
      end_of_stream: true,
      next_page: 'https://x',
    };
    const { server, client, recorder } = await clientOf({ body });
    expect(await client.exportOrganizations({ startTime: 1_700_000_000 })).toEqual({
      organizations: [SEEN],
      endTime: 1_700_000_500,
      endOfStream: true,
      count: 1,
    });
    expect(server.requests[0]?.url).toBe('/api/v2/incremental/organizations?start_time=1700000000&per_page=1000');
    expect(server.requests[0]?.headers.authorization).toBe('Bearer canary-token-2');
    expect(recorder.ended[0]?.buckets).toEqual(['account', 'incremental']);
  });

  it('contains deleted organizations, even without a name', async () => {
    const gone = { id: 5, name: null, updated_at: '2026-11-20T10:00:00Z', deleted_at: '2026-11-20T10:00:00Z' };
    const { client } = await clientOf({ body: { organizations: [gone], count: 1, end_time: null } });
    const page = await client.exportOrganizations({ startTime: 99 });
    expect(page).toMatchObject({
      organizations: [{ id: '5', name: '', externalId: null, deleted: true }],
      endTime: 99,
      endOfStream: true,
    });
  });

  it('continues after a full page without end_of_stream', async () => {
    const { client } = await clientOf({ body: { organizations: [], count: 1_000, end_time: 5 } });
    expect((await client.exportOrganizations({ startTime: 1 })).endOfStream).toBe(false);
  });
});

describe('organizations', () => {
  it('keep ids beyond 53 bits in responses and requests', async () => {
    const text = JSON.stringify({ organizations: [WIRE] }).replace('19856122753300,', '9007199254740993,');
    const { server, client } = await clientOf((request) =>
      request.method === 'GET'
        ? { headers: { 'content-type': 'application/json' }, body: text }
        : { body: { job_status: queued } },
    );
    const [organization] = await client.showOrganizations({ ids: ['9007199254740993'] });
    expect(organization?.id).toBe('9007199254740993');
    await client.updateOrganizations([
      { id: '9007199254740993', form: { name: 'A' } },
      { id: '12', form: { name: 'B' } },
    ]);
    expect(JSON.parse(server.requests[1]?.body ?? '')).toEqual({
      organizations: [
        { id: '9007199254740993', name: 'A' },
        { id: 12, name: 'B' },
      ],
    });
  });

  it('are shown by ids or external ids, in several requests if the URL would be too long', async () => {
    const { server, client } = await clientOf({ body: { organizations: [WIRE], next_page: null, count: 1 } });
    expect(await client.showOrganizations({ externalIds: ['usmf:A 1', 'ä&b'] })).toEqual([SEEN]);
    expect(server.requests[0]?.url).toBe('/api/v2/organizations/show_many?external_ids=usmf%3AA%201,%C3%A4%26b');
    await client.showOrganizations({
      externalIds: Array.from({ length: 100 }, (_none, n) => `${'x'.repeat(250)}${String(n)}`),
    });
    expect(server.requests.length).toBeGreaterThan(4);
    for (const { url } of server.requests) expect(url.length).toBeLessThan(6_500);
    expect(await client.showOrganizations({ ids: [] })).toEqual([]);
  });

  it('are not shown for more than 100 ids, or for an id with a comma', async () => {
    const { client } = await clientOf({ body: { organizations: [] } });
    await expect(client.showOrganizations({ ids: Array.from({ length: 101 }, String) })).rejects.toThrow(RangeError);
    await expect(client.showOrganizations({ externalIds: ['a,b'] })).rejects.toThrow(RangeError);
  });

  it('are found by the exact name, on all pages', async () => {
    const { server, client } = await clientOf((_request, { nth }) => ({
      body:
        nth === 1
          ? {
              organizations: [WIRE, { ...WIRE, id: 2, name: 'Contoso Ltd' }],
              next_page: 'https://evil.example/search?page=2',
              count: 3,
            }
          : { organizations: [{ ...WIRE, id: 3, name: ' CONTOSO' }], next_page: null, count: 3 },
    }));
    const found = await client.findOrganizationsByName('Contoso');
    expect(found.map(({ id }) => id)).toEqual(['19856122753300', '3']);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/api/v2/organizations/search?name=Contoso&per_page=100',
      '/api/v2/organizations/search?name=Contoso&per_page=100&page=2',
    ]);
  });

  it('are found by the whole external id, ignoring case', async () => {
    const { client } = await clientOf({ body: { organizations: [WIRE], count: 1 } });
    expect((await client.findOrganizationByExternalId('us-001'))?.id).toBe('19856122753300');
    expect(await client.findOrganizationByExternalId('us-00')).toBeNull();
  });

  it.each([
    ['no id', { ...WIRE, id: undefined }],
    ['an id that lost digits', { ...WIRE, id: 1.5 }],
  ])('with %s are an error', async (_what, wire) => {
    const { client } = await clientOf({ body: { organizations: [wire] } });
    const failure = await failureOf(client.showOrganizations({ ids: ['1'] }));
    expect(failure).toMatchObject({ kind: 'unexpected', operation: 'show organizations' });
    expect(failure.message).not.toContain('notes of agents');
  });

  it.each([
    ['no name', { ...WIRE, name: null }, 'name'],
    ['an invalid time', { ...WIRE, updated_at: 'yesterday' }, 'updated_at'],
  ])('with %s are shown by their id, with what could not be read', async (_what, wire, defect) => {
    const { client } = await clientOf({ body: { organizations: [wire] } });
    expect(await client.showOrganizations({ ids: ['1'] })).toMatchObject([{ id: String(WIRE.id), defect }]);
  });

  it('contain all custom fields, with numbers and booleans as such and lists as null', async () => {
    const organization_fields = { number: 17, box: false, empty: '', none: null, choices: ['a', 'b'], blank: ' ' };
    const wire = { ...WIRE, external_id: 4711, organization_fields, tags: null };
    const { client } = await clientOf({ body: { organizations: [wire] } });
    const [seen] = await client.showOrganizations({ ids: ['1'] });
    expect(seen).toMatchObject({ externalId: '4711', tags: [] });
    expect(seen?.fields).toEqual({ number: 17, box: false, empty: null, none: null, choices: null, blank: ' ' });
  });

  it('have no fields, instead of empty ones, if the response has no custom fields', async () => {
    const { client } = await clientOf({ body: { organizations: [{ ...WIRE, organization_fields: undefined }] } });
    expect((await client.showOrganizations({ ids: ['1'] }))[0]?.fields).toEqual({});
  });
});

describe('writes', () => {
  it('create organizations with a job, with tags', async () => {
    const { server, client, recorder } = await clientOf({ body: { job_status: queued } });
    const job = await client.createOrganizations([{ form, tags: ['erp_customer'] }]);
    expect(job).toEqual({ id: 'V3-69', status: 'queued', total: 2, progress: null, message: null, results: null });
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/api/v2/organizations/create_many' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      organizations: [{ name: 'Contoso', external_id: 'US-001', organization_fields: FIELDS, tags: ['erp_customer'] }],
    });
    expect(recorder.ended[0]?.buckets).toEqual(['account', 'jobs']);
  });

  it('create organizations without an empty list of tags', async () => {
    const { server, client } = await clientOf({ body: { job_status: queued } });
    await client.createOrganizations([{ form, tags: [] }]);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      organizations: [{ name: 'Contoso', external_id: 'US-001', organization_fields: FIELDS }],
    });
  });

  it('update organizations with a job, with the given members only and never tags', async () => {
    const { server, client, recorder } = await clientOf({ body: { job_status: queued } });
    await client.updateOrganizations([
      { id: '5', form: { fields: { erp_city: null } } },
      { id: '6', form: { name: 'Contoso' } },
      { id: '7', form: { externalId: 'US-002', fields: { erp_city: 'Lyon', erp_country: 'FRA' } } },
      { id: '8', form },
      { id: '9', form: {} },
    ]);
    expect(server.requests[0]).toMatchObject({ method: 'PUT', url: '/api/v2/organizations/update_many' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      organizations: [
        { id: 5, organization_fields: { erp_city: null } },
        { id: 6, name: 'Contoso' },
        { id: 7, external_id: 'US-002', organization_fields: { erp_city: 'Lyon', erp_country: 'FRA' } },
        { id: 8, name: 'Contoso', external_id: 'US-001', organization_fields: FIELDS },
        { id: 9 },
      ],
    });
    expect(recorder.ended[0]?.buckets).toEqual(['account', 'jobs']);
  });

  it('add tags under the rate limit of the organization', async () => {
    const headers = { date: 'Fri, 20 Nov 2026 10:00:07 GMT' };
    const { server, client, recorder } = await clientOf({ headers, body: { tags: ['vip', 'erp_vendor'] } });
    expect(await client.addOrganizationTags('77', ['erp_vendor'])).toEqual({
      at: '2026-11-20T10:00:07Z',
      tags: ['vip', 'erp_vendor'],
    });
    expect(server.requests[0]).toMatchObject({
      method: 'PUT',
      url: '/api/v2/organizations/77/tags',
      body: '{"tags":["erp_vendor"]}',
    });
    expect(recorder.ended[0]?.buckets).toEqual(['account', 'organization:77']);
  });

  it('add tags at an unknown time if the response has no valid date', async () => {
    const { client } = await clientOf({ headers: { date: 'soon' }, body: { tags: [] } });
    expect(await client.addOrganizationTags('77', ['erp_vendor'])).toEqual({ at: null, tags: [] });
  });

  it('reject an empty batch and one of more than 100', async () => {
    const { server, client } = await clientOf({ body: { job_status: queued } });
    expect(() => client.createOrganizations([])).toThrow(RangeError);
    expect(() => client.updateOrganizations(Array.from({ length: 101 }, () => ({ id: '1', form: {} })))).toThrow(
      RangeError,
    );
    expect(server.requests).toHaveLength(0);
  });

  it('are unsure if the response is empty, and limited if there are too many jobs', async () => {
    const empty = await clientOf({ body: '' });
    expect((await failureOf(empty.client.createOrganizations([{ form, tags: [] }]))).kind).toBe('unsure');
    const busy = await clientOf({
      status: 429,
      body: { error: 'TooManyJobs', description: 'Too many', current_job_ids: ['a'] },
    });
    expect(await failureOf(busy.client.createOrganizations([{ form, tags: [] }]))).toMatchObject({
      kind: 'limited',
      bucket: 'jobs',
      retryAfterMs: 30_000,
    });
  });
});

describe('the account', () => {
  it('distinguishes an administrator from an anonymous user', async () => {
    const known = await clientOf({ body: { user: { id: 360000000001, name: 'A', role: 'admin' } } });
    expect(await known.client.currentUser()).toEqual({ id: '360000000001', role: 'admin' });
    const anonymous = await clientOf({ body: { user: { id: null, name: 'Anonymous user', role: 'end-user' } } });
    expect(await anonymous.client.currentUser()).toBeNull();
  });
});
