import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ServerError } from '@azure/msal-node';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readMsalFailure } from '../../../clients/entra/msal-failure.ts';
import type { EntraCredential } from '../../../clients/entra/token-request.ts';
import { createEntraTokens, type TokenSource } from '../../../clients/entra/tokens.ts';
import type { RequestObserver } from '../../../clients/http.ts';
import { closeLoopbacks, startLoopback, type Loopback, type LoopbackHandler } from '../../fixtures/loopback.ts';
import { createRecorder, failureOf, httpTo } from '../kit.ts';

const SECRET = 'canary~secret/8Q+x';
const TENANT = '11111111-2222-3333-4444-555555555555';
const CLIENT = '99999999-8888-7777-6666-555555555555';
const RESOURCE = 'https://contoso.operations.dynamics.com';
afterEach(closeLoopbacks);

interface Options {
  readonly credential?: EntraCredential;
  readonly credentialDir?: string;
  readonly observer?: RequestObserver;
  readonly clock?: () => number;
  readonly tenantId?: string;
}

async function tokensFrom(
  handler: LoopbackHandler,
  options: Options = {},
): Promise<{ entra: Loopback; tokens: TokenSource }> {
  const server = await startLoopback(handler);
  const {
    credential = { clientSecret: SECRET },
    observer = createRecorder(),
    clock = Date.now,
    tenantId = TENANT,
  } = options;
  const http = httpTo(server, 'entra', observer);
  const { credentialDir } = options;
  const place = { authorityHost: `${server.origin}/`, resource: RESOURCE, credentialDir };
  const app = { tenantId, clientId: CLIENT, credential, ...place };
  return { entra: server, tokens: createEntraTokens({ ...app, http, clock }) };
}

const issue: LoopbackHandler = (_request, { nth }) => ({
  body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: `token-${nth}` },
});

function refuse(status: number, code: number, error = 'invalid_client'): LoopbackHandler {
  return (request) => ({
    status,
    body: {
      error,
      error_description: `AADSTS${code}: Something about ${request.body}. Trace ID: t-1 Correlation ID: c-1 Timestamp: 2026-11-23 10:00:00Z`,
      error_codes: [code],
      trace_id: 'trace-1',
    },
  });
}

describe('tokens of Entra', () => {
  it('are requested with the client credentials of the app, for the environment', async () => {
    const { entra, tokens } = await tokensFrom(issue);
    expect(await tokens.token()).toBe('token-1');
    expect(entra.requests[0]?.url).toMatch(new RegExp(`^/${TENANT}/oauth2/v2.0/token`));
    const form = new URLSearchParams(entra.requests[0]?.body);
    expect(Object.fromEntries(form)).toMatchObject({
      client_id: CLIENT,
      client_secret: SECRET,
      grant_type: 'client_credentials',
    });
    expect(form.get('scope')?.split(' ')).toContain(`${RESOURCE}/.default`);
  });

  it('are requested once for many callers, and cached', async () => {
    const recorder = createRecorder();
    const { entra, tokens } = await tokensFrom(issue, { observer: recorder });
    const all = await Promise.all(Array.from({ length: 20 }, () => tokens.token()));
    expect(new Set([...all, await tokens.token()])).toEqual(new Set(['token-1']));
    expect(entra.requests).toHaveLength(1);
    expect(recorder.ended).toMatchObject([
      { system: 'entra', operation: 'request a token', buckets: ['account'], status: 200 },
    ]);
  });

  it('are renewed five minutes before they expire', async () => {
    let nowMs = Date.now();
    const { entra, tokens } = await tokensFrom(issue, { clock: () => nowMs });
    await tokens.token();
    nowMs += (3599 - 310) * 1_000;
    expect(await tokens.token()).toBe('token-1');
    nowMs += 20_000;
    expect(await tokens.token()).toBe('token-2');
    expect(entra.requests).toHaveLength(2);
  });

  it('that F&O rejected are replaced once, for any number of callers', async () => {
    const { entra, tokens } = await tokensFrom(issue);
    const rejected = await tokens.token();
    const fresh = await Promise.all(Array.from({ length: 10 }, () => tokens.token({ fresh: true, rejected })));
    expect(new Set([...fresh, await tokens.token({ fresh: true, rejected })])).toEqual(new Set(['token-2']));
    expect(await tokens.token({ fresh: true, rejected: 'token-2' })).toBe('token-3');
    expect(entra.requests).toHaveLength(3);
  });

  it('that Entra returns again are not requested repeatedly', async () => {
    const { entra, tokens } = await tokensFrom(() => ({ body: { expires_in: '3599', access_token: 'same' } }));
    const rejected = await tokens.token();
    for (let n = 0; n < 5; n += 1) expect(await tokens.token({ fresh: true, rejected })).toBe('same');
    expect(entra.requests).toHaveLength(2);
  });

  it('can be replaced without a rejected token', async () => {
    const { tokens } = await tokensFrom(issue);
    await tokens.token();
    expect(await tokens.token({ fresh: true })).toBe('token-2');
  });

  it('without content are an error', async () => {
    for (const body of [{ expires_in: 3599 }, { expires_in: 3599, access_token: '' }, '']) {
      const { tokens } = await tokensFrom(() => ({ body }));
      expect(await failureOf(tokens.token())).toMatchObject({ system: 'entra', kind: 'unexpected' });
    }
  });

  it('are requested with a signed assertion if the app has a certificate', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const certificate = { thumbprintSha256: 'ab'.repeat(32), privateKey: pem };
    const { entra, tokens } = await tokensFrom(issue, { credential: { certificate } });
    expect(await tokens.token()).toBe('token-1');
    const assertion = new URLSearchParams(entra.requests[0]?.body).get('client_assertion') ?? '';
    const claims = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
    expect(claims).toMatchObject({ iss: CLIENT, sub: CLIENT, aud: `${entra.origin}/${TENANT}/oauth2/v2.0/token` });
  });

  it('are requested with an assertion that is valid for a clock five minutes ahead or behind', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const certificate = { thumbprintSha256: 'ab'.repeat(32), privateKey: pem };
    const { entra, tokens } = await tokensFrom(issue, { credential: { certificate } });
    await tokens.token();
    const assertion = new URLSearchParams(entra.requests[0]?.body).get('client_assertion') ?? '';
    const text = Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString();
    const { nbf, exp } = JSON.parse(text) as { nbf: number; exp: number };
    const nowS = Date.now() / 1_000;
    expect([nbf <= nowS - 300, exp >= nowS + 300]).toEqual([true, true]);
    expect(exp - nbf).toBeLessThanOrEqual(720);
  });

  it('are requested with the current federated token', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-'));
    const federatedTokenFile = join(folder, 'token');
    const { entra, tokens } = await tokensFrom(issue, { credential: { federatedTokenFile }, credentialDir: folder });
    const missing = await failureOf(tokens.token());
    expect(missing).toMatchObject({ kind: 'unauthorized', code: 'ENOENT' });
    expect(missing.advice).toContain('federated token file');
    for (const text of ['a.first.token', 'a.second.token\n']) {
      await writeFile(federatedTokenFile, text);
      await tokens.token({ fresh: true });
    }
    await rm(folder, { recursive: true });
    const assertions = entra.requests.map(({ body }) => new URLSearchParams(body).get('client_assertion'));
    expect(assertions).toEqual(['a.first.token', 'a.second.token']);
  });
});

describe('a refusal of Entra', () => {
  it.each([
    [
      401,
      7000215,
      'invalid_client',
      `The client secret of app ${CLIENT} is wrong. Create a new one under App registrations > Certificates & secrets, set it in the connection file, and run \`ledgerdesk connection apply FILE\`.`,
    ],
    [401, 7000222, 'invalid_client', 'has expired'],
    [401, 700027, 'invalid_client', 'certificate'],
    [400, 700016, 'unauthorized_client', `Tenant ${TENANT} has no app ${CLIENT}`],
    [400, 90002, 'invalid_request', `There is no tenant ${TENANT}`],
    [400, 500011, 'invalid_resource', `Entra does not know the environment ${RESOURCE}`],
    [400, 53003, 'access_denied', 'Conditional Access'],
    [401, 700024, 'invalid_client', 'Synchronize the clock of the machine that runs Ledgerdesk'],
    [401, 700213, 'invalid_client', 'Federated credentials'],
    [401, 7000112, 'unauthorized_client', 'is disabled in tenant'],
    [401, 7000218, 'invalid_client', 'Set the client secret or the certificate'],
    [400, 50034, 'invalid_grant', 'does not know the account'],
    [400, 900144, 'invalid_request', 'Check the credentials for Microsoft Entra'],
  ])('with status %i and number %i is unauthorized, with an advice', async (...[status, number, error, advice]) => {
    const { entra, tokens } = await tokensFrom(refuse(status, number, error));
    const failure = await failureOf(tokens.token());
    expect(failure).toMatchObject({ kind: 'unauthorized', status, code: `AADSTS${number}`, requestId: 'trace-1' });
    expect(failure.advice).toContain(advice);
    expect(failure.detail).not.toContain('Correlation');
    const shown = `${inspect(failure, { depth: 9, showHidden: true })}${JSON.stringify(failure)}${String(failure.stack)}`;
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(encodeURIComponent(SECRET));
    expect(entra.requests).toHaveLength(1);
  });

  it('that is temporary is unavailable, and the next call sends a new request', async () => {
    const { entra, tokens } = await tokensFrom((request, raw) =>
      raw.nth === 1
        ? { status: 503, body: '<html>down</html>' }
        : raw.nth === 2
          ? refuse(400, 90033, 'temporarily_unavailable')(request, raw)
          : issue(request, raw),
    );
    expect((await failureOf(tokens.token())).kind).toBe('unavailable');
    expect((await failureOf(tokens.token())).kind).toBe('unavailable');
    expect(await tokens.token()).toBe('token-3');
    expect(entra.requests).toHaveLength(3);
  });

  it('with a Retry-After is limited for that time', async () => {
    const { tokens } = await tokensFrom(() => ({
      status: 429,
      headers: { 'retry-after': '17' },
      body: { error: 'x' },
    }));
    expect(await failureOf(tokens.token())).toMatchObject({
      system: 'entra',
      kind: 'limited',
      bucket: 'account',
      retryAfterMs: 17_000,
    });
  });

  it('with an HTML page has an advice about authorityHost', async () => {
    const { tokens } = await tokensFrom(() => ({ status: 404, body: '<html></html>' }));
    const failure = await failureOf(tokens.token());
    expect(failure).toMatchObject({ kind: 'missing', code: null });
    expect(failure.advice).toContain('authorityHost');
  });

  it('without a response is unavailable, since a token can be requested twice', async () => {
    const { tokens } = await tokensFrom((_request, { response }) => void response.socket?.destroy());
    expect(await failureOf(tokens.token())).toMatchObject({ kind: 'unavailable', code: 'ECONNRESET' });
  });

  it('of an invalid tenant or key happens without a request', async () => {
    const common = await tokensFrom(issue, { tenantId: 'common' });
    expect((await failureOf(common.tokens.token())).kind).toBe('unauthorized');
    expect(common.entra.requests).toHaveLength(0);
    const certificate = { thumbprintSha256: 'ab'.repeat(32), privateKey: 'canary no key' };
    const broken = await tokensFrom(issue, { credential: { certificate } });
    const failure = await failureOf(broken.tokens.token());
    expect(failure.kind).toBe('unauthorized');
    expect(inspect(failure)).not.toContain('canary');
  });

  it('by the observer is the error of the observer', async () => {
    const gate = new Error('closed');
    const { tokens } = await tokensFrom(issue, {
      observer: { before: () => Promise.reject(gate), after: () => Promise.resolve() },
    });
    await expect(tokens.token()).rejects.toBe(gate);
  });

  it("by MSAL's own throttling is limited for a minute", () => {
    const failure = readMsalFailure(new ServerError('', 'canary message', ''), { clientId: CLIENT });
    expect(failure).toMatchObject({ system: 'entra', kind: 'limited', bucket: 'account', retryAfterMs: 60_000 });
    expect(inspect(failure)).not.toContain('canary');
  });
});
