import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startReceiver } from './receiver.ts';
import type { RunningZendesk } from './running-zendesk.ts';
import { runZendesk } from './running-zendesk.ts';

interface Client {
  readonly organizations: {
    list(): Promise<Named[]>;
    show(id: number): Promise<{ result: Named }>;
    create(body: object): Promise<{ result: Named }>;
    update(id: number, body: object): Promise<{ result: Named }>;
    search(externalId: string): Promise<Named[]>;
    showMany(ids: number[]): Promise<{ result: Named[] }>;
    createMany(body: object): Promise<{ result: { job_status: { id: string } } }>;
    delete(id: number): Promise<unknown>;
  };
  readonly users: {
    list(): Promise<Named[]>;
    me(): Promise<{ result: Named & { role: string } }>;
    create(body: object): Promise<{ result: Named }>;
    createMany(body: object): Promise<{ result: { job_status: { id: string } } }>;
  };
  readonly tickets: {
    list(): Promise<{ id: number; subject: string }[]>;
    create(body: object): Promise<{ result: { id: number; organization_id: number } }>;
    update(id: number, body: object): Promise<{ result: { status: string } }>;
    delete(id: number): Promise<unknown>;
  };
  readonly webhooks: {
    list(): Promise<Hook[]>;
    create(body: object): Promise<{ result: Hook }>;
    update(id: string, body: object): Promise<unknown>;
    patch(id: string, body: object): Promise<unknown>;
    delete(id: string): Promise<unknown>;
    show(id: string): Promise<{ result: Hook }>;
    getSigningSecret(id: string): Promise<{ result: { signing_secret: { secret: string } } }>;
    resetSigningSecret(id: string): Promise<{ result: { signing_secret: { secret: string } } }>;
    listInvocations(id: string): Promise<{ result: { invocations: { id: string; status: string }[] } }>;
    listInvocationAttempts(id: string, invocation: string): Promise<{ result: { attempts: object[] } }>;
    test(request: object, id?: string): Promise<{ result: { response: { status_code: number } } }>;
  };
  readonly triggers: {
    list(): Promise<{ id: number; title: string }[]>;
    create(body: object): Promise<{ result: { id: number; title: string } }>;
    delete(id: number): Promise<unknown>;
  };
  readonly organizationfields: { list(): Promise<{ key: string }[]> };
  readonly jobstatuses: {
    watch(id: string, intervalMs: number, attempts: number): Promise<{ status: string; results: { id: number }[] }>;
  };
}

interface Hook {
  readonly id: string;
  readonly name: string;
  readonly endpoint: string;
}

interface Named {
  readonly id: number;
  readonly name: string;
  readonly email?: string;
}

const webhookOf = (endpoint: string): object => ({
  webhook: {
    ...{ name: 'Ledger', endpoint, http_method: 'POST', request_format: 'json', status: 'active' },
    subscriptions: ['conditional_ticket_events'],
  },
});

const { createClient } = createRequire(import.meta.url)('node-zendesk') as { createClient(options: object): Client };

let zendesk: RunningZendesk;
let client: Client;
beforeAll(async () => {
  zendesk = await runZendesk();
  const { email: username, apiToken: token } = zendesk.server.credentials;
  client = createClient({ endpointUri: `${zendesk.server.url}/api/v2`, username, token });
});
afterAll(() => zendesk.close());

describe('the client library node-zendesk', () => {
  it('creates, shows, updates, finds and deletes an organization', async () => {
    const { result: created } = await client.organizations.create({
      organization: { name: 'Contoso', external_id: 'usmf:1' },
    });
    expect((await client.organizations.show(created.id)).result.name).toBe('Contoso');
    const { result: renamed } = await client.organizations.update(created.id, {
      organization: { name: 'Contoso Ltd' },
    });
    expect(renamed.name).toBe('Contoso Ltd');
    expect(await client.organizations.search('usmf:1')).toMatchObject([{ id: created.id }]);
    await client.organizations.delete(created.id);
    await expect(client.organizations.show(created.id)).rejects.toThrow('(404)');
  });

  it('creates many by a bulk job that it polls, and lists all by cursor', async () => {
    for (const batch of ['a', 'b', 'c']) {
      const organizations = Array.from({ length: 90 }, (_, n) => ({ name: `Org ${batch}${n}` }));
      const { result } = await client.organizations.createMany({ organizations });
      const job = await client.jobstatuses.watch(result.job_status.id, 20, 200);
      expect(job.status).toBe('completed');
      expect(job.results).toHaveLength(90);
    }
    expect(await client.organizations.list()).toHaveLength(270);
  });

  it('works with users, tickets and fields, with a bearer token too', async () => {
    expect((await client.users.me()).result).toMatchObject({ role: 'admin', email: zendesk.server.credentials.email });
    const { result: organization } = await client.organizations.create({ organization: { name: 'Fabrikam' } });
    const user = {
      name: 'Ann',
      email: 'ann@fabrikam.example',
      organization_id: organization.id,
      skip_verify_email: true,
    };
    const { result: ann } = await client.users.create({ user });
    expect((await client.users.list()).map(({ name }) => name)).toContain('Ann');
    const ticket = { subject: 'Broken', comment: { body: 'It is broken' }, requester_id: ann.id };
    expect((await client.tickets.create({ ticket })).result.organization_id).toBe(organization.id);
    expect(await client.tickets.list()).toMatchObject([{ subject: 'Broken' }]);
    zendesk.server.state.seedOrganizationField({ key: 'erp', title: 'ERP' });
    expect(await client.organizationfields.list()).toMatchObject([{ key: 'erp' }]);
    const { accessToken: token } = zendesk.server.credentials;
    const byToken = createClient({ endpointUri: `${zendesk.server.url}/api/v2`, token, oauth: true });
    expect((await byToken.users.me()).result.role).toBe('admin');
  });

  it('creates a trigger that calls a webhook, and reads its deliveries', async () => {
    const receiver = await startReceiver();
    const { result: webhook } = await client.webhooks.create(webhookOf(receiver.url));
    const value = [webhook.id, '{"id":"{{ticket.id}}"}'];
    const conditions = { all: [{ field: 'status', operator: 'changed' }], any: [] };
    const actions = [{ field: 'notification_webhook', value }];
    const { result: trigger } = await client.triggers.create({ trigger: { title: 'Tell', conditions, actions } });
    expect(await client.triggers.list()).toMatchObject([{ id: trigger.id, title: 'Tell' }]);
    const { result: made } = await client.tickets.create({ ticket: { subject: 'S', comment: { body: 'B' } } });
    expect((await client.tickets.update(made.id, { ticket: { status: 'solved' } })).result.status).toBe('solved');
    await client.tickets.delete(made.id);
    expect((await receiver.waitFor(2)).map(({ body }) => body)).toEqual(Array(2).fill(`{"id":"${made.id}"}`));
    const { invocations } = (await client.webhooks.listInvocations(webhook.id)).result;
    expect(invocations.map(({ status }) => status)).toEqual(['success', 'success']);
    const attempts = await client.webhooks.listInvocationAttempts(webhook.id, invocations[0]?.id ?? '');
    expect(attempts.result.attempts).toHaveLength(1);
    await client.triggers.delete(trigger.id);
    await receiver.close();
  });

  it('changes, tests and deletes a webhook and resets its secret', async () => {
    const receiver = await startReceiver();
    const { result: webhook } = await client.webhooks.create(webhookOf(receiver.url));
    await client.webhooks.update(webhook.id, webhookOf(`${receiver.url}/b`));
    await client.webhooks.patch(webhook.id, { webhook: { name: 'Renamed' } });
    expect((await client.webhooks.show(webhook.id)).result).toMatchObject({
      name: 'Renamed',
      endpoint: `${receiver.url}/b`,
    });
    const before = (await client.webhooks.getSigningSecret(webhook.id)).result.signing_secret.secret;
    expect((await client.webhooks.resetSigningSecret(webhook.id)).result.signing_secret.secret).not.toBe(before);
    const request = { endpoint: receiver.url, http_method: 'POST', request_format: 'json', payload: '{}' };
    expect((await client.webhooks.test({ request }, webhook.id)).result.response.status_code).toBe(202);
    expect((await client.webhooks.list()).map(({ id }) => id)).toContain(webhook.id);
    await client.webhooks.delete(webhook.id);
    await expect(client.webhooks.show(webhook.id)).rejects.toThrow('(404)');
    await receiver.close();
  });
});
