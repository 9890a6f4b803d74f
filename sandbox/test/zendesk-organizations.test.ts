import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningZendesk } from './running-zendesk.ts';
import { at, runZendesk } from './running-zendesk.ts';

let zendesk: RunningZendesk;
beforeEach(async () => {
  zendesk = await runZendesk();
});
afterEach(() => zendesk.close());

function create(organization: object) {
  return zendesk.send('POST', 'organizations', { body: { organization } });
}

const DUPLICATE_NAME = {
  error: 'RecordInvalid',
  description: 'Record validation errors',
  details: { name: [{ description: 'Name: CONTOSO has already been taken', error: 'DuplicateValue' }] },
};

describe('one organization', () => {
  it('is created with 201, a Location and the recorded keys in their order', async () => {
    const { status, headers, body } = await create({
      name: ' Contoso ',
      external_id: 4711,
      domain_names: ['Contoso.example'],
    });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(
      `${zendesk.server.url}/api/v2/organizations/${String(at(body, 'organization', 'id'))}.json`,
    );
    expect(Object.keys(body['organization'] ?? {})).toEqual(
      (
        'url id name shared_tickets shared_comments external_id created_at updated_at domain_names details notes group_id' +
        ' tags organization_fields'
      ).split(' '),
    );
    expect(body['organization']).toMatchObject({
      name: 'Contoso',
      external_id: '4711',
      domain_names: ['contoso.example'],
      details: null,
      tags: [],
      organization_fields: {},
    });
    expect(String(at(body, 'organization', 'created_at'))).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('is refused when its name or external id is in use, ignoring case and surrounding blanks', async () => {
    await create({ name: 'Contoso', external_id: 'usmf:1' });
    const byName = await create({ name: ' CONTOSO ' });
    expect(byName.status).toBe(422);
    expect(byName.body).toEqual(DUPLICATE_NAME);
    const byKey = await create({ name: 'Other', external_id: 'USMF:1' });
    expect(byKey.body['details']).toEqual({
      external_id: [{ description: 'External has already been taken', error: 'DuplicateValue' }],
    });
    expect(zendesk.server.state.organizations()).toHaveLength(1);
  });

  it('is refused when its name is blank or longer than 255 characters', async () => {
    const blank = await create({ name: '  ' });
    expect(blank.body['details']).toEqual({ name: [{ description: 'Name cannot be blank', error: 'BlankValue' }] });
    expect((await create({ name: 'x'.repeat(256) })).status).toBe(422);
    expect((await create({ name: 'x'.repeat(255), external_id: 'y'.repeat(256) })).status).toBe(422);
    expect((await zendesk.send('POST', 'organizations', { body: {} })).body['error']).toBe('ParameterMissing');
  });

  it('drops properties that cannot be written and names them only in a header', async () => {
    const { status, headers, body } = await create({ name: 'Contoso', id: 5, nane: 'typo' });
    expect(status).toBe(201);
    expect(headers.get('x-zendesk-api-warn')).toBe(
      'Removed restricted keys ["organization.id","organization.nane"] from parameters according to whitelist',
    );
    expect(Number(at(body, 'organization', 'id'))).toBeGreaterThan(2 ** 32);
  });

  it('is updated in part, replaces lists completely, and keeps updated_at when nothing changes', async () => {
    const { body } = await create({ name: 'Contoso', tags: ['a', 'b'], notes: 'Kept' });
    const path = `organizations/${String(at(body, 'organization', 'id'))}`;
    zendesk.pass(10);
    const same = await zendesk.send('PUT', path, { body: { organization: { name: 'Contoso' } } });
    expect(same.body['organization']).toEqual(body['organization']);
    const changed = await zendesk.send('PUT', path, { body: { organization: { tags: ['c'] } } });
    expect(changed.status).toBe(200);
    expect(changed.body['organization']).toMatchObject({ name: 'Contoso', notes: 'Kept', tags: ['c'] });
    expect(at(changed.body, 'organization', 'updated_at')).not.toEqual(at(body, 'organization', 'updated_at'));
  });

  it('accepts five updates per minute, then responds with 429 until the minute is over', async () => {
    const { body } = await create({ name: 'Contoso' });
    const path = `organizations/${String(at(body, 'organization', 'id'))}`;
    const update = (n: number) => zendesk.send('PUT', path, { body: { organization: { notes: String(n) } } });
    for (const n of [1, 2, 3, 4, 5]) expect((await update(n)).status).toBe(200);
    const sixth = await update(6);
    expect(sixth.status).toBe(429);
    expect(sixth.body).toEqual({ errors: [{ code: 'TooManyRequests', title: 'Too many requests to update' }] });
    expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(sixth.headers.get('x-rate-limit-remaining')).not.toBe('0');
    zendesk.pass(61);
    expect((await update(7)).status).toBe(200);
  });

  it('is deleted with 204, keeps its users, and is not found afterwards', async () => {
    const { id } = zendesk.server.state.seedOrganization({ name: 'Contoso' });
    const user = zendesk.server.state.seedUser({ name: 'Ann', email: 'ann@contoso.example', organization_id: id });
    expect(user.organization_id).toBe(id);
    const gone = await zendesk.send('DELETE', `organizations/${id}`);
    expect([gone.status, gone.text]).toEqual([204, '']);
    const missing = await zendesk.send('GET', `organizations/${id}.json`);
    expect([missing.status, missing.body]).toEqual([404, { error: 'RecordNotFound', description: 'Not found' }]);
    expect(
      zendesk.server.state.users().find(({ email }) => email === 'ann@contoso.example')?.organization_id,
    ).toBeNull();
  });

  it('is upserted by id or external id, never by name', async () => {
    const upsert = (organization: object) =>
      zendesk.send('POST', 'organizations/create_or_update', { body: { organization } });
    expect((await upsert({ name: 'Contoso', external_id: 'a' })).status).toBe(201);
    expect((await upsert({ name: 'Contoso Ltd', external_id: 'A' })).status).toBe(200);
    expect(zendesk.server.state.organizations().map(({ name, external_id }) => [name, external_id])).toEqual([
      ['Contoso Ltd', 'A'],
    ]);
    expect((await upsert({ name: 'contoso ltd' })).status).toBe(422);
  });

  it('changes its tags by set, add and remove', async () => {
    const { id } = zendesk.server.state.seedOrganization({ name: 'Contoso', tags: ['one'] });
    const tags = async (method: string, list: string[]) =>
      (await zendesk.send(method, `organizations/${id}/tags`, { body: { tags: list } })).body['tags'];
    expect(await tags('PUT', ['Two'])).toEqual(['one', 'two']);
    expect(await tags('DELETE', ['one'])).toEqual(['two']);
    expect(await tags('POST', ['three'])).toEqual(['three']);
  });

  it('is deleted by a merge, which moves its users and domains to the winner', async () => {
    const { state } = zendesk.server;
    const loser = state.seedOrganization({ name: 'Contoso', domain_names: ['b.example'] });
    const winner = state.seedOrganization({ name: 'Contoso Ltd', domain_names: ['a.example'] });
    state.seedUser({ name: 'Ann', organization_id: loser.id });
    const body = { organization_merge: { winner_id: winner.id } };
    const requested = await zendesk.send('POST', `organizations/${loser.id}/merge`, { body });
    expect(at(requested.body, 'organization_merge', 'status')).toBe('new');
    const path = `organization_merges/${String(at(requested.body, 'organization_merge', 'id'))}`;
    let status = 'new';
    while (status === 'new')
      status = String(at((await zendesk.send('GET', path)).body, 'organization_merge', 'status'));
    expect(status).toBe('complete');
    expect((await zendesk.send('GET', `organizations/${loser.id}`)).status).toBe(404);
    expect(state.organization(winner.id)?.domain_names).toEqual(['a.example', 'b.example']);
    expect(state.users().find(({ name }) => name === 'Ann')?.organization_id).toBe(winner.id);
  });
});

describe('lists of organizations', () => {
  it('are paged by cursor until has_more is false, and by offset for at most 100 pages', async () => {
    for (let n = 0; n < 250; n += 1) zendesk.server.state.seedOrganization({ name: `Org ${n}` });
    const names = new Set<string>();
    let path = 'organizations.json?page[size]=100';
    for (let pages = 1; ; pages += 1) {
      const { body } = await zendesk.send('GET', path);
      for (const row of body['organizations'] as { name: string }[]) names.add(row.name);
      if (String(at(body, 'meta', 'has_more')) === 'false') {
        expect(pages).toBe(3);
        expect(at(body, 'links', 'next')).toBeNull();
        break;
      }
      path = String(at(body, 'links', 'next')).split('/api/v2/')[1] ?? '';
    }
    expect(names.size).toBe(250);
    const offset = await zendesk.send('GET', 'organizations?page=2');
    expect(offset.body['count']).toBe(250);
    expect(offset.body['next_page']).toBe(`${zendesk.server.url}/api/v2/organizations?page=3&per_page=100`);
    const tooDeep = await zendesk.send('GET', 'organizations?page=101&per_page=1');
    expect(tooDeep.status).toBe(400);
    expect(tooDeep.body['errors']).toMatchObject([{ code: 'InvalidPaginationDepth' }]);
  });

  it('are shown for up to 100 keys, sorted by name, without missing ones', async () => {
    const { state } = zendesk.server;
    const b = state.seedOrganization({ name: 'B', external_id: 'Key:B' });
    const a = state.seedOrganization({ name: 'A', external_id: 'Key:A' });
    const byId = await zendesk.send('GET', `organizations/show_many?ids=${b.id},1,${a.id}`);
    expect(byId.body).toMatchObject({ organizations: [{ name: 'A' }, { name: 'B' }], count: 2, next_page: null });
    const byKey = await zendesk.send('GET', 'organizations/show_many?external_ids=key:b,none');
    expect(byKey.body['organizations']).toMatchObject([{ id: b.id }]);
    const ids = Array.from({ length: 101 }, (_, n) => n + 1).join(',');
    const tooMany = await zendesk.send('GET', `organizations/show_many?ids=${ids}`);
    expect([tooMany.status, tooMany.body]).toEqual([
      400,
      { error: 'TooManyValues', description: 'Parameter  cannot specify more than 100 values', max_count: 100 },
    ]);
  });

  it('find all organizations of an exact name or external id immediately, while autocomplete lags behind', async () => {
    const { state } = zendesk.server;
    state.seedOrganization({ name: 'Contoso', external_id: 'x,y' });
    state.seedOrganization({ name: 'CONTOSO' });
    expect((await zendesk.send('GET', 'organizations/search?name=contoso')).body['count']).toBe(2);
    expect((await zendesk.send('GET', 'organizations/search?external_id=X%2CY')).body['count']).toBe(1);
    expect((await zendesk.send('GET', 'organizations/search?external_id=none')).body).toMatchObject({
      organizations: [],
      count: 0,
    });
    expect((await zendesk.send('GET', 'organizations/search?external_id=a&name=b')).status).toBe(400);
    expect((await zendesk.send('GET', 'organizations/autocomplete?name=cont')).body['count']).toBe(0);
    zendesk.pass(31);
    expect((await zendesk.send('GET', 'organizations/autocomplete?name=cont')).body['count']).toBe(2);
  });
});

describe('organization fields', () => {
  const define = (field: object) =>
    zendesk.send('POST', 'organization_fields', { body: { organization_field: field } });

  it('are defined with 201 and their defaults, and appear on every organization immediately', async () => {
    const { id } = zendesk.server.state.seedOrganization({ name: 'Contoso' });
    const { status, body } = await define({ key: 'erp_number', title: 'ERP number' });
    expect(status).toBe(201);
    expect(body['organization_field']).toMatchObject({
      type: 'text',
      position: 9999,
      active: true,
      system: false,
      raw_title: 'ERP number',
    });
    await define({ key: 'vip', title: 'VIP', type: 'checkbox' });
    expect(zendesk.server.state.organization(id)?.organization_fields).toEqual({ erp_number: null, vip: false });
    expect((await define({ key: '123', title: 'Digits' })).status).toBe(422);
    expect((await define({ key: 'erp_number', title: 'Twice' })).status).toBe(422);
    expect((await zendesk.send('GET', 'organization_fields/erp_number')).status).toBe(200);
    expect((await zendesk.send('DELETE', 'organization_fields/erp_number')).status).toBe(204);
    expect(zendesk.server.state.organization(id)?.organization_fields).toEqual({ vip: false });
  });

  it('are merged by key, ignore unknown keys and normalize dates', async () => {
    await define({ key: 'since', title: 'Since', type: 'date' });
    await define({ key: 'limit', title: 'Limit', type: 'decimal' });
    const { body } = await create({ name: 'Contoso', organization_fields: { since: '2018-11-04', unknown: 1 } });
    const path = `organizations/${String(at(body, 'organization', 'id'))}`;
    const put = (fields: object) =>
      zendesk.send('PUT', path, { body: { organization: { organization_fields: fields } } });
    const { body: after } = await put({ limit: '5.2' });
    expect(at(after, 'organization', 'organization_fields')).toEqual({
      since: '2018-11-04T00:00:00+00:00',
      limit: 5.2,
    });
    expect((await put({ since: '2018-02-31' })).status).toBe(422);
    expect((await put({ limit: 'much' })).status).toBe(422);
    expect(at((await put({ since: '' })).body, 'organization', 'organization_fields')).toEqual({
      since: null,
      limit: 5.2,
    });
  });

  it('write the tag of a drop-down option, drop invalid options, and are cleared when the tag is removed', async () => {
    const custom_field_options = [
      { name: 'Gold', value: 'tier_gold' },
      { name: 'Tin', value: 'tier_tin' },
    ];
    await define({ key: 'tier', title: 'Tier', type: 'dropdown', custom_field_options });
    const { body } = await create({ name: 'Contoso', tags: ['own'], organization_fields: { tier: 'tier_gold' } });
    expect(body['organization']).toMatchObject({
      tags: ['own', 'tier_gold'],
      organization_fields: { tier: 'tier_gold' },
    });
    const { id } = zendesk.server.state.organizations()[0] ?? { id: 0 };
    const edit = (input: object) => zendesk.server.state.editOrganization(id, { ...input });
    expect(edit({ organization_fields: { tier: 'Gold' } }).organization_fields).toEqual({ tier: 'tier_gold' });
    expect(edit({ organization_fields: { tier: 'tier_tin' } }).tags).toEqual(['own', 'tier_tin']);
    expect(edit({ tags: ['own'] })).toMatchObject({ tags: ['own'], organization_fields: { tier: null } });
  });
});

describe('the incremental export of organizations', () => {
  it('omits the newest minute, contains deletions, and has next_page even at the end', async () => {
    const { state } = zendesk.server;
    const start = Math.floor(Date.now() / 1000) - 3600;
    const { id } = state.seedOrganization({ name: 'Old', updated_at: new Date((start + 60) * 1000).toISOString() });
    state.seedOrganization({ name: 'New' });
    const first = await zendesk.send('GET', `incremental/organizations?start_time=${start}`);
    expect(first.body).toMatchObject({ count: 1, end_time: start + 60, end_of_stream: true });
    expect(first.body['next_page']).toBe(
      `${zendesk.server.url}/api/v2/incremental/organizations?start_time=${start + 60}`,
    );
    expect(first.body['organizations']).not.toHaveProperty('0.deleted_at');
    state.deleteOrganization(id);
    zendesk.pass(60);
    const second = await zendesk.send('GET', `incremental/organizations.json?start_time=${start + 61}`);
    expect(second.body).toMatchObject({ count: 2, end_of_stream: true });
    expect(JSON.stringify(second.body['organizations'])).toContain('"deleted_at":"');
  });

  it('never gets past a second with more changes than a page', async () => {
    const at = Math.floor(Date.now() / 1000) - 600;
    const updated_at = new Date(at * 1000).toISOString();
    for (let n = 0; n < 1001; n += 1) zendesk.server.state.seedOrganization({ name: `Org ${n}`, updated_at });
    const { body } = await zendesk.send('GET', `incremental/organizations?start_time=${at}`);
    expect(body).toMatchObject({ count: 1000, end_time: at, end_of_stream: false });
    const next = await zendesk.send('GET', `incremental/organizations?start_time=${at + 1}`);
    expect(next.body).toMatchObject({ count: 0, end_time: null, end_of_stream: true });
  });

  it('refuses a start time within the last minute, and requests above its own limit', async () => {
    zendesk.server.settings.incrementalPerMinute = 2;
    const now = Math.floor(Date.now() / 1000);
    const recent = await zendesk.send('GET', `incremental/organizations?start_time=${now - 30}`);
    expect(recent.status).toBe(422);
    expect((await zendesk.send('GET', `incremental/organizations?start_time=${now - 90}`)).status).toBe(200);
    const limited = await zendesk.send('GET', `incremental/organizations?start_time=${now - 90}`);
    expect([limited.status, limited.body]).toEqual([
      429,
      {
        error: 'APIRateLimitExceeded',
        description: 'Number of allowed incremental export API requests per minute exceeded',
      },
    ]);
  });
});
