import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
  };
  readonly organizationfields: { list(): Promise<{ key: string }[]> };
  readonly jobstatuses: {
    watch(id: string, intervalMs: number, attempts: number): Promise<{ status: string; results: { id: number }[] }>;
  };
}

interface Named {
  readonly id: number;
  readonly name: string;
  readonly email?: string;
}

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

  it('creates many by a job that it watches, and lists all by cursor', async () => {
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
});
