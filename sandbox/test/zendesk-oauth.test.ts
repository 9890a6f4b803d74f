import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningZendesk } from './running-zendesk.ts';
import { at, runZendesk } from './running-zendesk.ts';

const REDIRECT = 'http://127.0.0.1:8080/oauth/zendesk/callback';
const CLIENT = { client_id: 'sandbox_desk_client', client_secret: 'sandbox-desk-secret' };
const VERIFIER = randomBytes(32).toString('base64url');
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

interface Tokens {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

let zendesk: RunningZendesk;
beforeEach(async () => {
  zendesk = await runZendesk();
});
afterEach(() => zendesk.close());

const authorize = (more: Readonly<Record<string, string>> = {}): Promise<Response> => {
  const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
  const parameters = {
    response_type: 'code',
    client_id: CLIENT.client_id,
    redirect_uri: REDIRECT,
    scope: 'read write',
    state: 's t',
  };
  const query = new URLSearchParams({ ...parameters, ...pkce, ...more });
  return fetch(`${zendesk.server.url}/oauth/authorizations/new?${query.toString()}`, { redirect: 'manual' });
};

const redirectedTo = (response: Response): Record<string, string> =>
  Object.fromEntries(new URL(response.headers.get('location') ?? '').searchParams);

const post = async (body: object): Promise<Tokens> => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${zendesk.server.url}/oauth/tokens`, init);
  return { status: response.status, json: (await response.json()) as Tokens['json'] };
};

const exchange = (code: string | undefined, more: object = {}): Promise<Tokens> =>
  post({ grant_type: 'authorization_code', ...CLIENT, code, redirect_uri: REDIRECT, code_verifier: VERIFIER, ...more });

const connect = async (more: object = {}): Promise<Tokens['json']> =>
  (await exchange(redirectedTo(await authorize())['code'], more)).json;

const refresh = (token: unknown, more: object = {}): Promise<Tokens> =>
  post({ grant_type: 'refresh_token', ...CLIENT, refresh_token: token, ...more });

const meStatus = async (token: unknown): Promise<unknown> => {
  const response = await zendesk.send('GET', 'organizations', { authorization: `Bearer ${String(token)}` });
  return response.status;
};

describe('OAuth 2.0 of the simulated Zendesk', () => {
  it('redirects a consenting administrator with a code that can be exchanged once', async () => {
    const response = await authorize();
    expect(response.status).toBe(302);
    const { code, state } = redirectedTo(response);
    expect(state).toBe('s t');
    const { status, json } = await exchange(code);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      token_type: 'bearer',
      scope: 'read write',
      expires_in: 1_800,
      refresh_token_expires_in: 2_592_000,
    });
    const authorization = `Bearer ${String(json['access_token'])}`;
    const me = await zendesk.send('GET', 'users/me', { authorization });
    expect(at(me.body, 'user')).toMatchObject({ role: 'admin', email: zendesk.server.credentials.email });
    expect(String(json['access_token']).length).toBeGreaterThan(255);
    const again = await exchange(code);
    expect(again).toMatchObject({
      status: 400,
      json: { error: 'invalid_grant', error_description: expect.any(String) },
    });
    expect(zendesk.journal.items().map(({ operation }) => operation)).toEqual([
      'oauth.authorize',
      'oauth.token.authorization_code',
      'users.me',
      'oauth.token.authorization_code',
    ]);
  });

  it('accepts a form as well as JSON, and responds with 201 if the settings say so', async () => {
    zendesk.server.settings.oauthTokenStatus = 201;
    const { code = '' } = redirectedTo(await authorize());
    const form = { grant_type: 'authorization_code', ...CLIENT, code, redirect_uri: REDIRECT, code_verifier: VERIFIER };
    const response = await fetch(`${zendesk.server.url}/oauth/tokens`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    expect(response.status).toBe(201);
  });

  it('issues no token for a wrong verifier, redirect URI or secret, or for an expired code', async () => {
    const code = async (): Promise<string | undefined> => redirectedTo(await authorize())['code'];
    const outcome = async (more: object): Promise<unknown[]> => {
      const { status, json } = await exchange(await code(), more);
      return [status, json['error']];
    };
    expect(await outcome({ code_verifier: 'x'.repeat(43) })).toEqual([400, 'invalid_grant']);
    expect(await outcome({ code_verifier: undefined })).toEqual([400, 'invalid_grant']);
    expect(await outcome({ redirect_uri: `${REDIRECT}/` })).toEqual([400, 'invalid_grant']);
    expect(await outcome({ client_secret: 'wrong' })).toEqual([401, 'invalid_client']);
    expect(await outcome({ client_id: 'other' })).toEqual([401, 'invalid_client']);
    expect(await outcome({ grant_type: 'password' })).toEqual([400, 'unsupported_grant_type']);
    expect(await outcome({ expires_in: 299 })).toEqual([400, 'invalid_request']);
    expect(await outcome({ expires_in: 172_800 })).toEqual([400, 'invalid_request']);
    expect(await outcome({ refresh_token_expires_in: 7_776_000 })).toEqual([400, 'invalid_request']);
    const old = await code();
    zendesk.pass(121);
    expect((await exchange(old)).json['error']).toBe('invalid_grant');
    zendesk.server.settings.oauthInvalidGrantStatus = 401;
    expect((await exchange('nothing')).status).toBe(401);
  });

  it('shows a page and does not redirect for an unknown client or redirect URI', async () => {
    const wrong = [
      { client_id: 'other' },
      { redirect_uri: 'javascript:alert(1)' },
      { redirect_uri: 'http://evil.example/cb' },
    ];
    for (const more of wrong) {
      const response = await authorize(more);
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    }
    zendesk.server.settings.oauthRedirectUris = [REDIRECT];
    expect((await authorize({ redirect_uri: `${REDIRECT}?x=1` })).status).toBe(400);
    expect((await authorize()).status).toBe(302);
  });

  it('redirects with an error for a denial and for an invalid request of the client', async () => {
    zendesk.server.settings.oauthAllowedScopes = ['read', 'write'];
    for (const [more, error] of [
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ scope: 'impersonate' }, 'invalid_scope'],
      [{ code_challenge_method: 'plain' }, 'invalid_request'],
    ] as const)
      expect(redirectedTo(await authorize(more))).toMatchObject({ error, state: 's t' });
    zendesk.server.settings.oauthConsent = 'deny';
    expect(redirectedTo(await authorize())).toEqual({
      error: 'access_denied',
      error_description: 'The end-user or authorization server denied the request',
      state: 's t',
    });
  });

  it('can show a form, and consent as a user who is not an administrator', async () => {
    const { settings, state } = zendesk.server;
    settings.oauthConsent = 'ask';
    settings.oauthUserId = state.seedUser({ name: 'Agent', email: 'agent@x.example', role: 'agent' }).id;
    const page = await (await authorize()).text();
    const hidden = [...page.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
    const decide = (decision: string): Promise<Response> => {
      const body = new URLSearchParams({ decision });
      for (const [, name = '', value = ''] of hidden) body.set(name, value);
      return fetch(`${zendesk.server.url}/oauth/authorizations`, { method: 'POST', body, redirect: 'manual' });
    };
    expect(redirectedTo(await decide('deny'))['error']).toBe('access_denied');
    const { json } = await exchange(redirectedTo(await decide('allow'))['code']);
    const me = await zendesk.send('GET', 'users/me', { authorization: `Bearer ${String(json['access_token'])}` });
    expect(at(me.body, 'user', 'role')).toBe('agent');
  });

  it('rotates a refresh token, which can be used once, and deletes the old pair', async () => {
    const first = await connect();
    const second = await refresh(first['refresh_token'], { expires_in: 300, refresh_token_expires_in: 604_800 });
    expect(second.json).toMatchObject({ expires_in: 300, refresh_token_expires_in: 604_800, scope: 'read write' });
    expect([await meStatus(first['access_token']), await meStatus(second.json['access_token'])]).toEqual([401, 200]);
    expect(await refresh(first['refresh_token'])).toMatchObject({ status: 400, json: { error: 'invalid_grant' } });
    expect(await meStatus(second.json['access_token'])).toBe(200);
    const responses = await Promise.all(Array.from({ length: 8 }, () => refresh(second.json['refresh_token'])));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    zendesk.pass(604_801 * 5);
    const [fresh] = responses.filter(({ status }) => status === 200);
    expect((await refresh(fresh?.json['refresh_token'])).status).toBe(400);
  });

  it('loses the pair permanently when the response to a refresh is lost', async () => {
    const { refresh_token: token } = await connect();
    zendesk.faults.add({
      system: 'zendesk',
      match: { path: '^/oauth/tokens$' },
      action: { kind: 'cut', when: 'after' },
    });
    await expect(refresh(token)).rejects.toThrow();
    expect((await refresh(token)).json['error']).toBe('invalid_grant');
    expect(zendesk.journal.items().at(-2)).toMatchObject({
      operation: 'oauth.token.refresh_token',
      status: null,
      effect: true,
    });
  });

  it('expires tokens in simulated time, but never without a requested or enforced expiry', async () => {
    const { access_token: short } = await connect({ expires_in: 300 });
    zendesk.server.settings.oauthExpiryEnforced = false;
    const lasting = await connect();
    expect('expires_in' in lasting).toBe(false);
    zendesk.pass(301);
    expect([await meStatus(short), await meStatus(lasting['access_token'])]).toEqual([401, 200]);
  });

  it('issues a token of the administrator without a refresh token for client credentials', async () => {
    const { json } = await post({ grant_type: 'client_credentials', ...CLIENT, scope: 'read' });
    expect(json).toMatchObject({ scope: 'read', expires_in: 1_800 });
    expect('refresh_token' in json).toBe(false);
    expect(await meStatus(json['access_token'])).toBe(200);
    zendesk.server.settings.oauthClientLifetimes = 'refused';
    const lasting = await post({ grant_type: 'client_credentials', ...CLIENT, scope: 'read', expires_in: 86_400 });
    expect([lasting.status, lasting.json['error']]).toEqual([400, 'invalid_request']);
    const authorization = `Bearer ${String(json['access_token'])}`;
    const written = await zendesk.send('POST', 'organizations', {
      body: { organization: { name: 'X' } },
      authorization,
    });
    expect(written.status).toBe(403);
    zendesk.server.settings.oauthClientKind = 'public';
    expect((await post({ grant_type: 'client_credentials', ...CLIENT })).json['error']).toBe('unauthorized_client');
  });

  it('requires PKCE but no secret of a public client', async () => {
    zendesk.server.settings.oauthClientKind = 'public';
    const response = await authorize();
    const { json } = await exchange(redirectedTo(response)['code'], { client_secret: undefined });
    expect(json['access_token']).toEqual(expect.any(String));
    expect((await refresh(json['refresh_token'], { client_secret: undefined })).status).toBe(200);
    const query = new URLSearchParams({ response_type: 'code', client_id: CLIENT.client_id, redirect_uri: REDIRECT });
    const plain = await fetch(`${zendesk.server.url}/oauth/authorizations/new?${query.toString()}`, {
      redirect: 'manual',
    });
    expect(redirectedTo(plain)['error']).toBe('invalid_request');
  });

  it('revokes a pair through the API by its access token', async () => {
    const pair = await connect();
    const authorization = `Bearer ${String(pair['access_token'])}`;
    const current = await zendesk.send('GET', 'oauth/tokens/current', { authorization });
    expect(at(current.body, 'token')).toMatchObject({ scopes: ['read', 'write'], expires_at: expect.any(String) });
    expect((await zendesk.send('DELETE', 'oauth/tokens/current', { authorization })).status).toBe(204);
    expect([await meStatus(pair['access_token']), (await refresh(pair['refresh_token'])).status]).toEqual([401, 400]);
    const other = await connect();
    const { tokens } = (await zendesk.send('GET', 'oauth/tokens')).body as { tokens: { id: number }[] };
    expect((await zendesk.send('DELETE', `oauth/tokens/${tokens.at(-1)?.id ?? 0}`)).status).toBe(204);
    expect(await meStatus(other['access_token'])).toBe(401);
  });

  it('expires and revokes tokens through its controls', async () => {
    const { oauth } = zendesk.server;
    const pair = await connect();
    expect(oauth.list()).toMatchObject([{ kind: 'access', token: pair['access_token'] }, { kind: 'refresh' }]);
    oauth.expire('access');
    expect(await meStatus(pair['access_token'])).toBe(401);
    const next = await refresh(pair['refresh_token']);
    oauth.expire('refresh');
    expect(await meStatus(next.json['access_token'])).toBe(200);
    expect((await refresh(next.json['refresh_token'])).json['error']).toBe('invalid_grant');
    oauth.revoke();
    expect(await meStatus(next.json['access_token'])).toBe(401);
    expect(oauth.list()).toEqual([]);
    expect(await meStatus(zendesk.server.credentials.accessToken)).toBe(200);
    oauth.revoke(zendesk.server.credentials.accessToken);
    expect(await meStatus(zendesk.server.credentials.accessToken)).toBe(401);
  });
});
