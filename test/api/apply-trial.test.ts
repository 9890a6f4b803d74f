import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestSandbox, type TestSandbox } from '../fixtures/sandbox.ts';
import { startApi, type RunningApi } from './running-api.ts';

type Members = Readonly<Record<string, unknown>>;

interface Applied {
  readonly credentials?: readonly { readonly system: string; readonly ok: boolean; readonly message: string }[];
}

describe('applying a file again that replaces a credential', () => {
  let api: RunningApi;
  let sandbox: TestSandbox;

  beforeAll(async () => {
    [api, sandbox] = await Promise.all([startApi(), startTestSandbox({ seed: 'empty' })]);
  });
  afterAll(() => Promise.all([api.close(), sandbox.stop()]));

  const apply = async ({ dynamics = {}, zendesk = {} }: { dynamics?: Members; zendesk?: Members } = {}) => {
    const { environmentUrl, authorityHost } = { environmentUrl: sandbox.dynamics, authorityHost: sandbox.entra };
    const { tenantId, clientId, clientSecret, zendeskToken: accessToken } = sandbox;
    const { status, body } = await api.ask('POST', '/api/connections', {
      id: 'contoso',
      dynamics: { environmentUrl, authorityHost, tenantId, clientId, clientSecret, ...dynamics },
      zendesk: { subdomain: 'contoso', baseUrl: sandbox.zendesk, accessToken, ...zendesk },
    });
    expect(status).toBe(200);
    return (body as Applied).credentials;
  };

  it('tries nothing for a new connection and for an unchanged one', async () => {
    expect(await apply()).toBeUndefined();
    expect(await apply()).toBeUndefined();
  });

  it('says that Entra refuses the new secret, and stores it nevertheless', async () => {
    const tried = await apply({ dynamics: { clientSecret: 'wrong' } });
    expect(tried).toMatchObject([{ system: 'dynamics', ok: false }]);
    expect(tried?.[0]?.message).toMatch(/AADSTS7000215.*The client secret of app .* is wrong/);
    expect(tried?.[0]?.message).not.toContain('"wrong"');
    expect(await api.services.store.credentials.open('contoso')).toMatchObject({ 'dynamics.clientSecret': 'wrong' });
    expect(await apply()).toEqual([
      { system: 'dynamics', ok: true, message: 'Microsoft Entra and Dynamics 365 accept the new credential.' },
    ]);
  });

  it('says that Entra does not know the new app, although no secret has changed', async () => {
    const clientId = '99999999-7777-8888-9999-000000000000';
    expect(await apply({ dynamics: { clientId } })).toMatchObject([
      { system: 'dynamics', ok: false, message: expect.stringContaining('AADSTS700016') },
    ]);
    expect(await apply()).toMatchObject([{ system: 'dynamics', ok: true }]);
  });

  it('says that Zendesk refuses the new token', async () => {
    const tried = await apply({ zendesk: { accessToken: 'not-a-token' } });
    expect(tried).toMatchObject([{ system: 'zendesk', ok: false }]);
    expect(await apply()).toMatchObject([{ system: 'zendesk', ok: true }]);
  });

  it('tries a new secret of the grant client_credentials', async () => {
    const own = { grant: 'client_credentials', oauthClientId: sandbox.oauthClientId, accessToken: null };
    await apply({ zendesk: { ...own, oauthClientSecret: sandbox.oauthClientSecret } });
    expect(await apply({ zendesk: { ...own, oauthClientSecret: 'wrong' } })).toMatchObject([
      { system: 'zendesk', ok: true },
    ]);
  });
});
