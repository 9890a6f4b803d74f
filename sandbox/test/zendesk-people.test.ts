import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningZendesk } from './running-zendesk.ts';
import { at, runZendesk } from './running-zendesk.ts';

let zendesk: RunningZendesk;
beforeEach(async () => {
  zendesk = await runZendesk({ userUpdatesPerSecond: 100 });
});
afterEach(() => zendesk.close());

describe('the account', () => {
  it('treats a caller without valid credentials as anonymous at users/me, and refuses it elsewhere', async () => {
    for (const authorization of ['', 'Bearer wrong', `Basic ${btoa('admin@sandbox.example/token:wrong')}`]) {
      const me = await zendesk.send('GET', 'users/me.json', { authorization });
      expect([me.status, at(me.body, 'user', 'id'), at(me.body, 'user', 'name')]).toEqual([
        200,
        null,
        'Anonymous user',
      ]);
      const refused = await zendesk.send('GET', 'organizations', { authorization });
      expect([refused.status, refused.body['error']]).toEqual([
        401,
        authorization.startsWith('Bearer') ? 'invalid_token' : "Couldn't authenticate you",
      ]);
    }
  });

  it('refuses requests that need another scope or role', async () => {
    const { state } = zendesk.server;
    const admin = state.users()[0]?.id ?? 0;
    state.grantToken({ token: 'reader', userId: admin, scopes: ['read'] });
    const body = { organization: { name: 'Contoso' } };
    const unscoped = await zendesk.send('POST', 'organizations', { body, authorization: 'Bearer reader' });
    expect([unscoped.status, unscoped.body]).toEqual([
      403,
      { error: 'Forbidden', description: 'You are missing the following required scopes: write' },
    ]);
    state.grantToken({
      token: 'agent',
      userId: state.seedUser({ name: 'Agent', role: 'agent' }).id,
      expiresInSeconds: 60,
    });
    const unprivileged = await zendesk.send('POST', 'organizations', { body, authorization: 'Bearer agent' });
    expect([unprivileged.status, at(unprivileged.body, 'error', 'title')]).toEqual([403, 'Forbidden']);
    zendesk.pass(61);
    expect((await zendesk.send('GET', 'organizations', { authorization: 'Bearer agent' })).status).toBe(401);
    state.revokeToken('reader');
    expect((await zendesk.send('GET', 'organizations', { authorization: 'Bearer reader' })).status).toBe(401);
  });

  it('has a limit per minute that other apps use too, in headers of every spelling', async () => {
    Object.assign(zendesk.server.settings, { rateLimitPerMinute: 10, otherAppsRequestsPerMinute: 8 });
    const { headers } = await zendesk.send('GET', 'organizations');
    for (const name of ['x-rate-limit', 'ratelimit-limit', 'rate-limit']) expect(headers.get(name)).toBe('10');
    for (const name of ['x-rate-limit-remaining', 'ratelimit-remaining', 'rate-limit-remaining'])
      expect(headers.get(name)).toBe('1');
    expect((await zendesk.send('GET', 'organizations')).status).toBe(200);
    const limited = await zendesk.send('GET', 'organizations');
    expect([limited.status, limited.body]).toEqual([
      429,
      { error: 'APIRateLimitExceeded', description: 'Number of allowed API requests per minute exceeded' },
    ]);
    expect(limited.headers.get('retry-after')).toBe(limited.headers.get('ratelimit-reset'));
    zendesk.pass(61);
    expect((await zendesk.send('GET', 'organizations')).status).toBe(200);
  });

  it('distinguishes a path that does not exist from a record that does not exist', async () => {
    expect((await zendesk.send('GET', 'organisations/1')).body).toEqual({
      error: 'InvalidEndpoint',
      description: 'Not found',
    });
    expect((await zendesk.send('GET', 'organizations/1')).body).toEqual({
      error: 'RecordNotFound',
      description: 'Not found',
    });
  });
});

describe('a user', () => {
  it('gets another email only as a secondary identity, which can be made primary', async () => {
    const { id } = zendesk.server.state.seedUser({ name: 'Ann', email: 'ann@a.example', external_id: 'c1' });
    const put = await zendesk.send('PUT', `users/${id}`, {
      body: { user: { email: 'ann@b.example', skip_verify_email: true } },
    });
    expect([put.status, at(put.body, 'user', 'email')]).toEqual([200, 'ann@a.example']);
    const { body } = await zendesk.send('GET', `users/${id}/identities`);
    const identities = body['identities'] as { id: number; value: string; primary: boolean; verified: boolean }[];
    expect(identities.map(({ value, primary }) => [value, primary])).toEqual([
      ['ann@a.example', true],
      ['ann@b.example', false],
    ]);
    const made = await zendesk.send('PUT', `users/${id}/identities/${identities[1]?.id ?? 0}/make_primary`);
    expect(made.body['identities']).toMatchObject([{ primary: false }, { primary: true }]);
    expect(zendesk.server.state.users().find((user) => user.id === id)?.email).toBe('ann@b.example');
    const taken = await zendesk.send('POST', 'users', { body: { user: { name: 'Other', email: 'ANN@A.example' } } });
    expect(at(taken.body, 'details', 'email')).toEqual([
      { description: 'Email: ANN@A.example is already being used by another user', error: 'DuplicateValue' },
    ]);
    expect(zendesk.server.state.mailsSent()).toEqual([]);
  });

  it('belongs to several organizations, or to one if the account allows only one', async () => {
    const { state, settings } = zendesk.server;
    const [a, b] = [state.seedOrganization({ name: 'A' }), state.seedOrganization({ name: 'B' })];
    const { id } = state.seedUser({ name: 'Ann', organization_id: a.id });
    const join = (organization_id: number) =>
      zendesk.send('POST', 'organization_memberships', {
        body: { organization_membership: { user_id: id, organization_id } },
      });
    expect((await join(a.id)).status).toBe(422);
    settings.multipleOrganizations = false;
    expect((await join(b.id)).status).toBe(422);
    expect(at((await zendesk.send('GET', 'account/settings')).body, 'settings', 'user', 'multiple_organizations')).toBe(
      false,
    );
    settings.multipleOrganizations = true;
    const joined = await join(b.id);
    expect([joined.status, at(joined.body, 'organization_membership', 'default')]).toEqual([201, null]);
    await zendesk.send('PUT', `users/${id}/organizations/${b.id}/make_default`);
    expect(state.users().find((user) => user.id === id)?.organization_id).toBe(b.id);
    await zendesk.send('PUT', `users/${id}`, { body: { user: { organization_id: a.id } } });
    expect(state.memberships()).toMatchObject([{ organization_id: a.id, default: true }]);
  });

  it('joins the organization of its email domain, and is returned as inactive with 200 when deleted', async () => {
    const { state } = zendesk.server;
    const organization = state.seedOrganization({ name: 'A', domain_names: ['a.example'] });
    const body = { user: { name: 'Ann', email: 'ann@A.example', verified: true } };
    const created = await zendesk.send('POST', 'users', { body });
    expect([created.status, at(created.body, 'user', 'organization_id')]).toEqual([201, organization.id]);
    const path = `users/${String(at(created.body, 'user', 'id'))}`;
    const gone = await zendesk.send('DELETE', path);
    expect([gone.status, at(gone.body, 'user', 'active'), at(gone.body, 'user', 'email')]).toEqual([200, false, null]);
    expect(at((await zendesk.send('GET', path)).body, 'user', 'active')).toBe(false);
  });

  it('is upserted by email or external id, unless these belong to two users', async () => {
    const { state } = zendesk.server;
    state.seedUser({ name: 'Ann', email: 'ann@a.example' });
    state.seedUser({ name: 'Bob', external_id: 'c2' });
    const upsert = (user: object) => zendesk.send('POST', 'users/create_or_update', { body: { user } });
    expect((await upsert({ name: 'Anna', email: 'ann@a.example', external_id: 'c1' })).status).toBe(200);
    expect((await upsert({ name: 'Bert', external_id: 'C2' })).status).toBe(200);
    expect((await upsert({ email: 'ann@a.example', external_id: 'C2' })).status).toBe(422);
    expect(
      state
        .users()
        .slice(1)
        .map(({ name, external_id }) => [name, external_id]),
    ).toEqual([
      ['Anna', 'c1'],
      ['Bert', 'C2'],
    ]);
  });
});

describe('tickets', () => {
  it('are counted for an organization by a search over an index that lags behind', async () => {
    const { state } = zendesk.server;
    const organization = state.seedOrganization({ name: 'Contoso' });
    const requester_id = state.seedUser({ name: 'Ann', organization_id: organization.id }).id;
    for (const status of ['new', 'open', 'pending', 'hold', 'solved', 'closed'])
      state.seedTicket({ requester_id, status });
    const path = `search/count?query=${encodeURIComponent(`type:ticket organization:${organization.id} status<solved`)}`;
    expect((await zendesk.send('GET', path)).body).toEqual({ count: 0 });
    zendesk.pass(31);
    expect((await zendesk.send('GET', path)).body).toEqual({ count: 4 });
    const related = await zendesk.send('GET', `organizations/${organization.id}/related`);
    expect(related.body['organization_related']).toEqual({ tickets_count: 6, users_count: 1 });
    expect((await zendesk.send('GET', 'search?query=type:ticket&page=11')).status).toBe(422);
  });

  it('are exported by cursor, including deleted ones, and again after each change', async () => {
    const { state } = zendesk.server;
    const requester_id = state.seedUser({ name: 'Ann' }).id;
    const seeded = [1, 2, 3].map(() => state.seedTicket({ requester_id }).id);
    const start = Math.floor(Date.now() / 1000) - 60;
    zendesk.pass(120);
    const first = await zendesk.send('GET', `incremental/tickets/cursor?start_time=${start}&per_page=2`);
    expect(first.body).toMatchObject({ tickets: [{ id: seeded[0] }, { id: seeded[1] }], end_of_stream: false });
    state.editTicket(seeded[0] ?? 0, { status: 'solved' });
    state.deleteTicket(seeded[2] ?? 0);
    zendesk.pass(61);
    const second = await zendesk.send('GET', `incremental/tickets/cursor?cursor=${String(first.body['after_cursor'])}`);
    expect(second.body).toMatchObject({
      tickets: [
        { id: seeded[0], status: 'solved' },
        { id: seeded[2], status: 'deleted' },
      ],
      end_of_stream: true,
    });
  });

  it('refuse an outdated safe update, and any update once closed', async () => {
    const { state } = zendesk.server;
    const ticket = state.seedTicket({ requester_id: state.users()[0]?.id });
    zendesk.pass(5);
    const put = (change: object) => zendesk.send('PUT', `tickets/${ticket.id}`, { body: { ticket: change } });
    expect((await put({ status: 'closed' })).status).toBe(200);
    const stale = await put({ priority: 'high', safe_update: true, updated_stamp: ticket.updated_at });
    expect([stale.status, stale.body['error']]).toEqual([409, 'UpdateConflict']);
    expect(at((await put({ status: 'open' })).body, 'details', 'status')).toEqual([
      { description: 'Status: closed prevents ticket update' },
    ]);
  });
});
