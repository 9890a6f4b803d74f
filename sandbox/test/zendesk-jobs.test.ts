import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiResponse, RunningZendesk } from './running-zendesk.ts';
import { at, runZendesk } from './running-zendesk.ts';

let zendesk: RunningZendesk;
beforeEach(async () => {
  zendesk = await runZendesk();
});
afterEach(() => zendesk.close());

function createMany(names: readonly string[]): Promise<ApiResponse> {
  const organizations = names.map((name) => ({ name, external_id: `key:${name}` }));
  return zendesk.send('POST', 'organizations/create_many', { body: { organizations } });
}

function resultsOf(response: ApiResponse): Record<string, unknown>[] {
  return at(response.body, 'job_status', 'results') as Record<string, unknown>[];
}

function names(count: number, prefix = 'Org'): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix} ${n}`);
}

describe('a bulk job', () => {
  it('is queued with 200 and no results, and ends with one result for each row', async () => {
    const created = await createMany(names(30));
    expect(created.status).toBe(200);
    expect(created.body['job_status']).toMatchObject({
      total: 30,
      status: 'queued',
      progress: null,
      message: null,
      results: null,
    });
    expect(String(at(created.body, 'job_status', 'id'))).toMatch(/^V3-[0-9a-f]{32}$/);
    expect(created.headers.get('zendesk-ratelimit-inflight-jobs')).toBe('total=30; remaining=29; resets=60');
    const done = await zendesk.finish(created);
    expect(done.body['job_status']).toMatchObject({ status: 'completed', progress: 30 });
    expect(String(at(done.body, 'job_status', 'message'))).toMatch(
      /^Completed at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000$/,
    );
    const results = resultsOf(done);
    expect(results).toHaveLength(30);
    for (const result of results) expect(Object.keys(result)).toEqual(['status', 'id']);
    const named = results.map(({ id }) => zendesk.server.state.organization(Number(id))?.name);
    expect(new Set(named)).toEqual(new Set(names(30)));
    expect(named).not.toEqual(names(30));
  });

  it('checks uniqueness when it runs, not when it is submitted, and completes although rows fail', async () => {
    const first = await createMany(['Contoso', 'Fabrikam']);
    const second = await createMany(['CONTOSO', 'Litware']);
    expect(second.status).toBe(200);
    const both = [await zendesk.finish(first), await zendesk.finish(second)];
    expect(both.map(({ body }) => at(body, 'job_status', 'status'))).toEqual(['completed', 'completed']);
    const failed = both.flatMap(resultsOf).filter((result) => 'error' in result);
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatchObject({ index: 0, error: 'OrganizationCreateFailed' });
    expect(failed[0]?.['details']).toMatch(
      /^Name: {2}contoso has already been taken External has already been taken$/i,
    );
    expect(zendesk.server.state.organizations()).toHaveLength(3);
  });

  it('returns failed rows of an update in the recorded form', async () => {
    const { state } = zendesk.server;
    const taken = state.seedOrganization({ name: 'Taken' });
    const other = state.seedOrganization({ name: 'Other' });
    const organizations = [
      { id: taken.id, notes: 'Seen' },
      { id: other.id, name: 'Taken' },
    ];
    const results = resultsOf(
      await zendesk.finish(await zendesk.send('PUT', 'organizations/update_many', { body: { organizations } })),
    );
    expect(results).toEqual([
      { action: 'update', id: taken.id, status: 'Updated', success: true },
      { index: 1, error: 'OrganizationUpdateFailed', id: other.id, details: 'Name:  Taken has already been taken' },
    ]);
  });

  it('changes and deletes the organizations in the query', async () => {
    const { state } = zendesk.server;
    const [a, b] = [state.seedOrganization({ name: 'A' }), state.seedOrganization({ name: 'B', external_id: 'b' })];
    const body = { organization: { notes: 'All' } };
    await zendesk.finish(await zendesk.send('PUT', `organizations/update_many?ids=${a.id},${b.id}`, { body }));
    expect(state.organizations().map(({ notes }) => notes)).toEqual(['All', 'All']);
    const removed = await zendesk.finish(await zendesk.send('DELETE', 'organizations/destroy_many?external_ids=B'));
    expect(resultsOf(removed)).toEqual([{ action: 'delete', id: b.id, status: 'Deleted', success: true }]);
    expect(state.organizations().map(({ name }) => name)).toEqual(['A']);
  });

  it('refuses more than 100 rows', async () => {
    const { status, body } = await createMany(names(101));
    expect([status, body]).toEqual([
      400,
      { error: 'TooManyValues', description: 'Parameter  cannot specify more than 100 values', max_count: 100 },
    ]);
  });

  it('is refused when 30 are open, with their ids', async () => {
    zendesk.server.settings.jobDelayMs = 60_000;
    for (let n = 0; n < 30; n += 1) await createMany([`Org ${n}`]);
    const { status, body } = await createMany(['One more']);
    expect(status).toBe(429);
    expect(body).toMatchObject({
      error: 'TooManyJobs',
      description: 'Too many BulkCreateOrganizationJob jobs are currently queued or running. Try again later.',
    });
    expect(body['current_job_ids']).toHaveLength(30);
  });

  it('can be looked up with others, is missing at first on request, and is forgotten after a day', async () => {
    const [a, b] = [await createMany(['A']), await createMany(['B'])];
    await zendesk.finish(a);
    await zendesk.finish(b);
    const idOf = ({ body }: ApiResponse): string => String(at(body, 'job_status', 'id'));
    const many = await zendesk.send('GET', `job_statuses/show_many?ids=${idOf(a)},nobody,${idOf(b)}`);
    expect(many.body).toMatchObject({ job_statuses: [{ id: idOf(a) }, { id: idOf(b) }], count: 2 });
    expect((await zendesk.send('GET', 'job_statuses')).body['job_statuses']).toHaveLength(2);
    zendesk.server.settings.jobFirstLookup404 = true;
    const path = `job_statuses/${idOf(await createMany(['C']))}`;
    expect((await zendesk.send('GET', path)).status).toBe(404);
    expect((await zendesk.send('GET', path)).status).toBe(200);
    zendesk.pass(86_402);
    expect((await zendesk.send('GET', `job_statuses/${idOf(a)}`)).status).toBe(404);
  });

  it('cannot be looked up while it is too new, in four forms, and may wait for other jobs', async () => {
    Object.assign(zendesk.server.settings, { jobsHiddenSeconds: 60, jobQueueSeconds: 0.5 });
    const created = await createMany(['A']);
    const id = String(at(created.body, 'job_status', 'id'));
    const look = async () => (await zendesk.send('GET', `job_statuses/show_many?ids=${id}`)).body;
    expect(await look()).toMatchObject({ job_statuses: [], count: 0 });
    zendesk.server.settings.hiddenJobs = 'no-list';
    expect(await look()).toEqual({ count: null });
    zendesk.server.settings.hiddenJobs = 'id-only';
    expect(await look()).toMatchObject({ job_statuses: [{ id }] });
    expect((await zendesk.send('GET', `job_statuses/${id}`)).status).toBe(404);
    zendesk.server.settings.hiddenJobs = 'not-found';
    expect(await look()).toMatchObject({ error: 'RecordNotFound' });
    zendesk.pass(61);
    expect(await look()).toMatchObject({ job_statuses: [{ id, status: 'queued' }] });
    await zendesk.finish(created);
    expect(await look()).toMatchObject({ job_statuses: [{ id, status: 'completed' }] });
  });

  it('creates 20,000 organizations in 200 requests within seconds', async () => {
    Object.assign(zendesk.server.settings, { jobDelayMs: 1 });
    const startedAt = performance.now();
    for (let batch = 0; batch < 200; batch += 1) await zendesk.finish(await createMany(names(100, `Batch ${batch}`)));
    expect(zendesk.server.state.organizations()).toHaveLength(20_000);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });
});

describe('a bulk job of users', () => {
  const users = [{ name: 'Ann', email: 'ann@contoso.example', external_id: 'c1', skip_verify_email: true }];

  it('is forbidden while bulk import is disabled, even when it is empty, but updates are not', async () => {
    zendesk.server.settings.bulkUserImport = false;
    const refused = await zendesk.send('POST', 'users/create_many', { body: { users: [] } });
    expect(refused.status).toBe(403);
    expect(refused.body['error']).toMatchObject({ title: 'Forbidden' });
    zendesk.server.state.seedUser({ name: 'Ann', external_id: 'c1' });
    const updated = await zendesk.finish(
      await zendesk.send('PUT', 'users/update_many', { body: { users: [{ external_id: 'C1', name: 'Anna' }] } }),
    );
    expect(resultsOf(updated)).toMatchObject([{ status: 'Updated', success: true }]);
    expect(zendesk.server.state.users().map(({ name }) => name)).toContain('Anna');
  });

  it('creates each email address only once, and sends no email if the request skips it', async () => {
    const first = await zendesk.finish(await zendesk.send('POST', 'users/create_many', { body: { users } }));
    expect(resultsOf(first)).toMatchObject([{ status: 'Created' }]);
    const again = await zendesk.finish(
      await zendesk.send('POST', 'users/create_many', {
        body: { users: [{ name: 'Other', email: 'ANN@contoso.example' }] },
      }),
    );
    expect(resultsOf(again)).toMatchObject([{ index: 0, error: 'UserCreateError' }]);
    expect(zendesk.server.state.mailsSent()).toEqual([]);
    await zendesk.send('POST', 'users', { body: { user: { name: 'Bob', email: 'bob@contoso.example' } } });
    expect(zendesk.server.state.mailsSent()).toMatchObject([{ to: 'bob@contoso.example', kind: 'verification' }]);
  });
});
