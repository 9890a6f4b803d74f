import { beforeAll, describe, expect, it } from '@jest/globals';
import { issueZendeskToken } from '../../../fixtures/consent.ts';
import { useStepTests } from '../../../fixtures/step-context.ts';
import type { ChangeSettings, TestRun } from '../../../fixtures/test-run.ts';
import { pingSystem } from '../../../../activities/connection/ping/ping-system.ts';
import { wireZendesk } from '../../../../activities/connection/wire-zendesk.ts';
import { checkOf, ping } from './pings.ts';

const at = useStepTests();

beforeAll(async () => {
  await at.sandbox.control('POST', '/state/zendesk/users', {
    name: 'An agent',
    email: 'agent@desk.example',
    role: 'agent',
  });
});

const withSync =
  (sync: object): ChangeSettings =>
  (settings) => ({ ...settings, sync: { ...settings.sync, ...sync } });
const createField = (field: object) => at.callZendesk('POST', 'organization_fields', { organization_field: field });
const deleteField = (key: string) => at.callZendesk('DELETE', `organization_fields/${key}`);
const suspend = ({ connectionId }: TestRun, present: string[], missing: string[]) =>
  at.store.fieldChecks.save(connectionId, 'organization', {
    ...{ needed: '', present, created: null },
    suspended: missing.map((key) => ({ key, code: 'field_missing' as const, type: null })),
  });

/** Lets a connection have the token of a user with this role and scope. */
async function useToken({ connectionId }: TestRun, wanted: Parameters<typeof issueZendeskToken>[1]): Promise<void> {
  await at.store.credentials.apply(connectionId, {
    'zendesk.accessToken': await issueZendeskToken(at.sandbox, wanted),
  });
}

describe('the check of the token', () => {
  it('fails for one that is not an administrator’s', async () => {
    const run = await at.begin();
    await useToken(run, { role: 'agent' });
    expect(await checkOf(at, run, 'zendesk.token')).toMatchObject({
      ...{ status: 'fail', detail: expect.stringContaining('agent') },
    });
  });

  it('is made twice before it says that Zendesk does not know the token', async () => {
    const run = await at.begin();
    const nobody = { user: { id: null, name: 'Anonymous user', role: 'end-user' } };
    await at.addFault({ path: 'users/me' }, { kind: 'status', status: 200, body: nobody });
    expect(await checkOf(at, run, 'zendesk.token')).toMatchObject({ status: 'ok' });
    await at.addFault({ path: 'users/me' }, { kind: 'status', status: 200, body: nobody }, 2);
    expect(await checkOf(at, run, 'zendesk.token')).toMatchObject({ status: 'fail' });
  });

  it('warns of a scope that is missing', async () => {
    const run = await at.begin();
    await useToken(run, { role: 'admin', scope: 'read' });
    expect(await checkOf(at, run, 'zendesk.scopes')).toMatchObject({ detail: expect.stringContaining('write') });
  });
});

describe('the check of the renewal', () => {
  it('warns of a pasted token that expires, and names the time and the way out', async () => {
    const run = await at.begin();
    await useToken(run, { role: 'admin' });
    const check = await checkOf(at, run, 'zendesk.renewal');
    expect(check).toMatchObject({ status: 'warn', detail: expect.stringMatching(/expires at 20\d\d-\d\d-\d\dT/) });
    expect(check?.fix).toContain(`connection authorize ${run.connectionId}`);
  });

  it('does not warn of a token that does not expire', async () => {
    expect(await checkOf(at, await at.begin(), 'zendesk.renewal')).toMatchObject({ status: 'ok' });
  });

  it('does not warn of a token that Ledgerdesk renews', async () => {
    const oauthClientId = at.sandbox.oauthClientId;
    const run = await at.begin((settings) => ({ ...settings, zendesk: { ...settings.zendesk, oauthClientId } }));
    await useToken(run, { role: 'admin' });
    await at.store.credentials.apply(run.connectionId, { 'zendesk.refreshToken': 'a refresh token' });
    expect(await checkOf(at, run, 'zendesk.renewal')).toMatchObject({ detail: expect.stringContaining('by itself') });
  });
});

describe('the check of the custom fields', () => {
  it('finds nothing to fix when all are there', async () => {
    expect(await checkOf(at, await at.begin(), 'zendesk.fields')).toMatchObject({ status: 'ok', fix: '' });
  });

  it('does not warn of fields that the first run will create', async () => {
    const run = await at.begin();
    await at.query('delete from field_checks where connection_id = $1', run.connectionId);
    await deleteField('erp_city');
    const check = await checkOf(at, run, 'zendesk.fields');
    await createField({ key: 'erp_city', title: 'City', type: 'text' });
    expect(check).toMatchObject({ status: 'ok', detail: expect.stringContaining('erp_city') });
  });

  it('warns of a field that was there before', async () => {
    const run = await at.begin();
    await deleteField('erp_city');
    const check = await checkOf(at, run, 'zendesk.fields');
    await createField({ key: 'erp_city', title: 'City', type: 'text' });
    expect(check).toMatchObject({ status: 'warn', fix: expect.stringContaining('--full') });
  });

  it('warns of a field that Zendesk did not let us create, until it is there', async () => {
    const run = await at.begin();
    await suspend(run, [], ['erp_city']);
    await deleteField('erp_city');
    const missing = await checkOf(at, run, 'zendesk.fields');
    await createField({ key: 'erp_city', title: 'City', type: 'text' });
    expect(missing).toMatchObject({ status: 'warn', detail: expect.stringContaining('erp_city') });
    expect(missing?.fix).not.toContain('--full');
    expect(await checkOf(at, run, 'zendesk.fields')).toMatchObject({ status: 'ok' });
  });

  it('warns of a field of another type', async () => {
    await deleteField('erp_city');
    await createField({ key: 'erp_city', title: 'City', type: 'integer' });
    const check = await checkOf(at, await at.begin(), 'zendesk.fields');
    await deleteField('erp_city');
    await createField({ key: 'erp_city', title: 'City', type: 'text' });
    expect(check).toMatchObject({ status: 'warn', detail: expect.stringContaining('integer') });
  });

  it('asks for the fields of users only where there are contacts', async () => {
    const both = await ping(at, await at.begin(), 'zendesk');
    expect(both.operations).toEqual(expect.arrayContaining(['organization_fields.list', 'user_fields.list']));
    const one = await ping(at, await at.begin(withSync({ contacts: false })), 'zendesk');
    expect(one.operations).not.toContain('user_fields.list');
  });
});

describe('the checks of users', () => {
  it('are made only where there are contacts', async () => {
    const names = (await ping(at, await at.begin(withSync({ contacts: false })), 'zendesk')).checks.map(
      ({ name }) => name,
    );
    expect(names).not.toContain('zendesk.bulkUserImport');
    expect(names).not.toContain('zendesk.multipleOrganizations');
  });

  it.each([
    ['zendesk.bulkUserImport', 'bulkUserImport'],
    ['zendesk.multipleOrganizations', 'multipleOrganizations'],
  ])('warn when Zendesk has it switched off: %s', async (name, setting) => {
    const run = await at.begin();
    expect(await checkOf(at, run, name)).toMatchObject({ status: 'ok' });
    await at.sandbox.control('PATCH', '/settings/zendesk', { [setting]: false });
    expect(await checkOf(at, run, name)).toMatchObject({ status: 'warn' });
  });
});

describe('the check of the external ids', () => {
  const type = (externalId: string) =>
    at.sandbox.control('POST', '/state/zendesk/organizations', { name: `Of ${externalId}`, external_id: externalId });

  it('tells those of our accounts, those that our template could have given, and those of others apart', async () => {
    const before = await checkOf(at, await at.begin(), 'zendesk.externalIds');
    expect(before).toMatchObject({ status: 'ok' });
    const run = await at.begin();
    await at.write(run, run.customer('A1'));
    await type(`${run.legalEntity}:A2`);
    await type('crm-1');
    await type('crm-2');
    const check = await checkOf(at, run, 'zendesk.externalIds');
    expect(check?.status).toBe('warn');
    expect(check?.detail.match(/\d+/g)?.slice(-3)).toEqual(['1', '1', '2']);
  });

  it('looks at three hundred organizations at most', async () => {
    await at.sandbox.control('POST', '/state/zendesk/organizations/generate', { count: 301 });
    const { operations } = await ping(at, await at.begin(), 'zendesk');
    expect(operations.filter((operation) => operation === 'organizations.list')).toHaveLength(3);
  });
});

describe('the check of what a first sync costs', () => {
  const countsOf = async (change: ChangeSettings) => {
    const { entries, checks } = await ping(at, await at.begin(change), 'zendesk');
    const queries = entries.filter(({ system }) => system === 'dynamics').map(({ query }) => decodeURIComponent(query));
    return { queries, check: checks.find(({ name }) => name === 'zendesk.firstSync') };
  };
  const naming =
    (count: number): ChangeSettings =>
    (settings) => {
      const legalEntities = Array.from({ length: count }, (_, n) => `le${n}`);
      return { ...withSync({ contacts: false })(settings), dynamics: { ...settings.dynamics, legalEntities } };
    };

  it('counts up to ten legal entities one by one, and more than that, or none, all at once', async () => {
    expect((await countsOf(naming(10))).queries).toHaveLength(10);
    expect((await countsOf(naming(11))).queries).toHaveLength(1);
    const { queries, check } = await countsOf(naming(0));
    expect([queries.length, queries[0]?.includes('dataAreaId')]).toEqual([1, false]);
    expect(check).toMatchObject({ status: 'ok', detail: expect.stringContaining('customers') });
  });

  it('is only worth a warning when F&O cannot count', async () => {
    await at.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: ['CustomersV3'] });
    expect((await countsOf(naming(1))).check).toMatchObject({ status: 'warn', system: 'dynamics' });
  });
});

describe('the checks of the rate limit and the webhook', () => {
  it('say what Zendesk has shown and what has arrived', async () => {
    const run = await at.begin();
    expect(await checkOf(at, run, 'zendesk.rateLimit')).toMatchObject({ detail: expect.stringContaining('10000') });
    expect(await checkOf(at, run, 'zendesk.webhook')).toMatchObject({ status: 'warn' });
    const { connectionId } = run;
    await at.observe(() => wireZendesk(at.contextOf(run), { connectionId, publicUrl: 'http://127.0.0.1:9' }));
    expect(await checkOf(at, run, 'zendesk.webhook')).toMatchObject({ status: 'ok' });
    const names = { dedupeKey: '1', eventId: null, controlNumber: null, type: 'x', bodyHash: '' };
    const received = await at.store.events.receive({ connectionId: run.connectionId, source: 'zendesk', ...names });
    await at.store.events.accepted('id' in received ? received.id : '', 'workflow');
    const lastAt = await at.store.events.lastAccepted(run.connectionId, 'zendesk');
    expect((await checkOf(at, run, 'zendesk.webhook'))?.detail).toContain(lastAt?.toISOString());
  });

  it('warn of a webhook that calls another address, is switched off or is gone, and do not name its path', async () => {
    const run = await at.begin();
    const { connectionId } = run;
    await at.observe(() => wireZendesk(at.contextOf(run), { connectionId, publicUrl: 'http://127.0.0.1:9' }));
    const check = async (publicUrl: string) => {
      const context = at.contextOf(run);
      const { checks } = (await at.observe(() => pingSystem(context, { connectionId, system: 'zendesk', publicUrl })))
        .result;
      return checks.find(({ name }) => name === 'zendesk.webhook');
    };
    expect(await check('http://127.0.0.1:9')).toMatchObject({ status: 'ok' });
    const moved = await check('https://ledgerdesk.example.com');
    expect(moved).toMatchObject({ status: 'warn', detail: expect.stringContaining('calls http://127.0.0.1:9,') });
    expect(moved?.fix).toContain('connection wire ID');
    const [webhook] = await webhooksOf(connectionId);
    expect(moved?.detail).not.toContain(new URL(webhook?.endpoint ?? '').pathname);
    await askZendesk('PATCH', `webhooks/${webhook?.id}`, { webhook: { status: 'inactive' } });
    expect(await check('http://127.0.0.1:9')).toMatchObject({ detail: expect.stringContaining('not active') });
    await askZendesk('DELETE', `webhooks/${webhook?.id}`);
    expect(await check('http://127.0.0.1:9')).toMatchObject({ detail: expect.stringContaining('There is no webhook') });
  });

  const askZendesk = async (method: string, path: string, body?: object): Promise<unknown> => {
    const headers = { authorization: `Bearer ${at.sandbox.zendeskToken}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${at.sandbox.zendesk}/api/v2/${path}`, { method, headers, ...sent });
    expect([path, response.ok]).toEqual([path, true]);
    return response.status === 204 ? undefined : response.json();
  };
  const webhooksOf = async (id: string): Promise<{ id: string; name: string; endpoint: string }[]> => {
    const { webhooks } = (await askZendesk('GET', 'webhooks')) as {
      webhooks: { id: string; name: string; endpoint: string }[];
    };
    return webhooks.filter(({ name }) => name === `Ledgerdesk ${id}`);
  };
});
