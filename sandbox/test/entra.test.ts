import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { ConfidentialClientApplication } from '@azure/msal-node';
import type { NodeAuthOptions } from '@azure/msal-node';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createClock } from '../core/clock.ts';
import type { Faults } from '../core/faults.ts';
import { createFaults } from '../core/faults.ts';
import type { Journal } from '../core/journal.ts';
import { createJournal } from '../core/journal.ts';
import { createRandom } from '../core/random.ts';
import type { Entra } from '../entra/server.ts';
import { startEntra } from '../entra/server.ts';
import type { Tokens } from '../entra/tokens.ts';
import { createTokens } from '../entra/tokens.ts';

const TENANT = '11111111-2222-3333-4444-555555555555';
const CLIENT = '66666666-7777-8888-9999-000000000000';
const RESOURCE = 'http://127.0.0.1:9';
const SCOPE = `${RESOURCE}/.default`;

describe('the simulated Entra ID', () => {
  let entra: Entra;
  let tokens: Tokens;
  let journal: Journal;
  let faults: Faults;
  let passedMs = 0;

  beforeEach(async () => {
    passedMs = 0;
    const clock = createClock();
    journal = createJournal(clock);
    faults = createFaults({ clock, random: createRandom(1) });
    tokens = createTokens(() => Date.now() + passedMs);
    const registration = { tenantId: TENANT, clientId: CLIENT, clientSecret: 'right', resources: [RESOURCE] };
    entra = await startEntra({ clock, journal, faults, tokens, registration });
  });

  afterEach(() => entra.close());

  const msal = (credential: Partial<NodeAuthOptions>): ConfidentialClientApplication => {
    const authority = `https://login.microsoftonline.com/${TENANT}`;
    const authorityMetadata = JSON.stringify({
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      token_endpoint: `${entra.url}/${TENANT}/oauth2/v2.0/token`,
      issuer: `${authority}/v2.0`,
      jwks_uri: `${authority}/discovery/v2.0/keys`,
    });
    return new ConfidentialClientApplication({
      auth: { clientId: CLIENT, authority, authorityMetadata, ...credential },
    });
  };

  const requestToken = async (
    changes: Record<string, string> = {},
    tenant = TENANT,
  ): Promise<[number, Record<string, unknown>]> => {
    const form = {
      grant_type: 'client_credentials',
      client_id: CLIENT,
      client_secret: 'right',
      scope: SCOPE,
      ...changes,
    };
    const kept = Object.entries(form).filter(([, value]) => value !== '');
    const response = await fetch(`${entra.url}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams(kept),
    });
    return [response.status, (await response.json()) as Record<string, unknown>];
  };

  it('issues MSAL a token for the requested resource, which MSAL caches', async () => {
    const app = msal({ clientSecret: 'right' });
    const first = await app.acquireTokenByClientCredential({ scopes: [SCOPE] });
    const second = await app.acquireTokenByClientCredential({ scopes: [SCOPE] });
    expect([first?.fromCache, second?.fromCache]).toEqual([false, true]);
    expect(tokens.find(first?.accessToken ?? '')).toEqual({ audience: RESOURCE, clientId: CLIENT, tenantId: TENANT });
    const lifetimeSeconds = ((first?.expiresOn?.getTime() ?? 0) - Date.now()) / 1000;
    expect(lifetimeSeconds).toBeGreaterThan(3_590);
    // MSAL counts from its own clock rounded to the second, so the lifetime may be up to half a second longer.
    expect(lifetimeSeconds).toBeLessThanOrEqual(3_599.5);
    expect(journal.counts().entra).toEqual({ total: 1, byOperation: { token: 1 } });
  });

  it('refuses a wrong secret with the error code that Entra uses', async () => {
    await expect(
      msal({ clientSecret: 'wrong' }).acquireTokenByClientCredential({ scopes: [SCOPE] }),
    ).rejects.toMatchObject({ errorCode: 'invalid_client', errorNo: 7000215, status: 401 });
  });

  it('accepts only an assertion that MSAL signs with a registered key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const clientCertificate = { thumbprintSha256: randomBytes(32).toString('hex'), privateKey };
    await expect(msal({ clientCertificate }).acquireTokenByClientCredential({ scopes: [SCOPE] })).rejects.toMatchObject(
      { errorNo: 700027 },
    );
    entra.settings.assertionKeys = [publicKey];
    const result = await msal({ clientCertificate }).acquireTokenByClientCredential({ scopes: [SCOPE] });
    expect(tokens.find(result?.accessToken ?? '')?.audience).toBe(RESOURCE);
  });

  it('accepts the token of a workload identity that the app trusts, until it expires', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const assertion = (lifetimeSeconds: number): string => {
      const claims = {
        iss: 'https://cluster.example',
        sub: 'system:serviceaccount:desk',
        aud: 'api://AzureADTokenExchange',
        exp: Math.floor(Date.now() / 1000) + lifetimeSeconds,
      };
      const text = [{ alg: 'RS256' }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
    };
    const withAssertion = (lifetimeSeconds: number): Promise<unknown> =>
      msal({ clientAssertion: assertion(lifetimeSeconds) }).acquireTokenByClientCredential({ scopes: [SCOPE] });
    await expect(withAssertion(60)).rejects.toMatchObject({ errorNo: 700027 });
    entra.settings.federatedCredentials = [
      { issuer: 'https://cluster.example', subject: 'system:serviceaccount:desk' },
    ];
    await expect(withAssertion(60)).resolves.toMatchObject({ tokenType: 'Bearer' });
    await expect(withAssertion(-60)).rejects.toMatchObject({ errorNo: 700024 });
  });

  it('refuses requests with the messages of Entra', async () => {
    const cases: [Record<string, string>, number, string, number][] = [
      [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
      [{ client_secret: '' }, 401, 'invalid_client', 7000218],
      [{ client_id: 'unknown' }, 400, 'unauthorized_client', 700016],
      [{ client_id: '' }, 400, 'invalid_request', 900144],
      [{ scope: 'https://elsewhere.example/.default' }, 400, 'invalid_resource', 500011],
      [{ scope: `${RESOURCE}/data` }, 400, 'invalid_scope', 1002012],
      [{ grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    ];
    for (const [changes, status, error, number] of cases) {
      const [actual, body] = await requestToken(changes);
      expect([actual, body]).toMatchObject([status, { error, error_codes: [number] }]);
      expect(body['error_description']).toMatch(
        new RegExp(
          `^AADSTS${number}: .+ Trace ID: .+ Correlation ID: .+ Timestamp: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ$`,
        ),
      );
    }
    expect(await requestToken({}, 'no-such-tenant')).toMatchObject([
      400,
      { error: 'invalid_request', error_codes: [90002] },
    ]);
    entra.settings.secretExpired = true;
    expect(await requestToken()).toMatchObject([401, { error: 'invalid_client', error_codes: [7000222] }]);
  });

  it('issues a token for a resource with an extra slash, as requested', async () => {
    const [status, body] = await requestToken({ scope: `${RESOURCE}//.default` });
    expect([status, tokens.find(String(body['access_token']))?.audience]).toEqual([200, `${RESOURCE}/`]);
  });

  it('does not find expired or revoked tokens', async () => {
    entra.settings.tokenLifetimeSeconds = 300;
    const [, body] = await requestToken();
    const token = String(body['access_token']);
    expect(body['expires_in']).toBe(300);
    passedMs = 299_000;
    expect(tokens.find(token)).toBeDefined();
    passedMs = 300_000;
    expect(tokens.find(token)).toBeUndefined();
    const [, other] = await requestToken();
    tokens.revokeAll();
    expect(tokens.find(String(other['access_token']))).toBeUndefined();
  });

  it('returns its OpenID configuration, and applies faults', async () => {
    const read = await fetch(`${entra.url}/${TENANT}/v2.0/.well-known/openid-configuration`);
    expect(await read.json()).toMatchObject({ token_endpoint: `${entra.url}/${TENANT}/oauth2/v2.0/token` });
    expect((await fetch(`${entra.url}/${TENANT}/oauth2/v2.0/devicecode`)).status).toBe(404);
    faults.add({ system: 'entra', action: { kind: 'status', status: 503, retryAfter: 5 } });
    expect((await requestToken())[0]).toBe(503);
    expect((await requestToken())[0]).toBe(200);
  });
});
