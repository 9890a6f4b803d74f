import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { REVIEW_OFF } from '../fixtures/connection-file.ts';
import { signIn } from '../fixtures/consent.ts';
import { startTestSandbox, type JournalEntry, type TestSandbox } from '../fixtures/sandbox.ts';
import { startApi, type RunningApi } from './running-api.ts';

/** What a browser was answered, and where it was sent. */
interface Visit {
  readonly status: number;
  readonly location: string;
  readonly text: string;
  readonly headers: Headers;
}

/** Follows nobody by itself, and keeps cookies by name as a browser does. */
class Browser {
  readonly jar = new Map<string, string>();

  async visit(url: string): Promise<Visit> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.jar.delete(name);
      else this.jar.set(name, value);
    }
    const { status, headers } = response;
    return { status, headers, location: headers.get('location') ?? '', text: await response.text() };
  }
}

describe('the consent to Zendesk', () => {
  let api: RunningApi;
  let sandbox: TestSandbox;
  const connections = { count: 0 };

  beforeAll(async () => {
    [api, sandbox] = await Promise.all([startApi(), startTestSandbox({ seed: 'distributor' })]);
    await sandbox.control('POST', '/state/zendesk/users', { name: 'Agent', email: 'a@desk.test', role: 'agent' });
  });
  afterEach(() => sandbox.control('PATCH', '/settings/zendesk', { oauthConsent: 'grant', oauthUserId: null }));
  afterAll(async () => {
    await api.close();
    await sandbox.stop();
  });

  const put = (id: string, change: object) =>
    api.ask('POST', '/api/connections', {
      id,
      dynamics: {
        environmentUrl: sandbox.dynamics,
        authorityHost: sandbox.entra,
        tenantId: sandbox.tenantId,
        clientId: sandbox.clientId,
        clientSecret: sandbox.clientSecret,
        legalEntities: ['usmf'],
      },
      zendesk: {
        subdomain: 'contoso',
        baseUrl: sandbox.zendesk,
        oauthClientId: sandbox.oauthClientId,
        oauthClientSecret: sandbox.oauthClientSecret,
        ...change,
      },
      review: REVIEW_OFF,
    });
  const apply = async (change: object = {}): Promise<string> => {
    connections.count += 1;
    const id = `desk-${connections.count}`;
    expect((await put(id, change)).status).toBe(200);
    return id;
  };
  const link = async (id: string): Promise<string> => {
    const { status, body } = await api.ask('POST', `/api/connections/${id}/authorize`, {});
    expect(status).toBe(200);
    return (body as { link: string }).link;
  };
  /** Goes the way to the point at which Zendesk sends the browser back; answers where to. */
  const consent = async (browser: Browser, id: string): Promise<URL> => {
    const start = await browser.visit(await link(id));
    expect(start.status).toBe(302);
    return new URL((await browser.visit(start.location)).location);
  };
  const query = async <Row extends object>(text: string): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: api.databaseUrl });
    await client.connect();
    const { rows } = await client.query<Row>(text);
    await client.end();
    return rows;
  };
  /** Every table as text and in bytes, in which a secret would be found. */
  const dump = async (): Promise<string> => {
    const tables = await query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    const lines: string[] = [];
    for (const { name } of tables) {
      for (const row of await query<Record<string, unknown>>(`select * from "${name}"`)) {
        for (const value of Object.values(row))
          lines.push(Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value));
      }
    }
    return lines.join('\n');
  };
  const expectNothingStored = async (id: string): Promise<void> => {
    expect(await api.services.store.zendeskTokens.read(id)).toMatchObject({ accessToken: undefined });
    expect(await api.services.store.credentials.open(id)).not.toHaveProperty(['zendesk.refreshToken']);
    expect(await api.ask('GET', `/api/connections/${id}`)).toMatchObject({ body: { state: 'needs_authorization' } });
  };
  const exchanges = async (): Promise<JournalEntry[]> => {
    const { items } = await sandbox.control<{ items: JournalEntry[] }>('GET', '/journal?system=zendesk');
    return items.filter(({ operation }) => operation === 'oauth.token.authorization_code');
  };

  it('stores sealed tokens, and the connection becomes active and scheduled; its first run prepares the fields', async () => {
    const id = await apply();
    await expectNothingStored(id);
    const browser = new Browser();
    const start = await browser.visit(await link(id));
    const asked = new URL(start.location);
    expect(`${asked.origin}${asked.pathname}`).toBe(`${sandbox.zendesk}/oauth/authorizations/new`);
    const { state, ...query } = Object.fromEntries(asked.searchParams);
    expect(query).toMatchObject({
      response_type: 'code',
      client_id: sandbox.oauthClientId,
      redirect_uri: `${api.origin}/oauth/zendesk/callback`,
      scope: 'read write',
      code_challenge_method: 'S256',
    });
    expect(state).toMatch(/^[\w-]{43}$/);
    expect(start.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax; Max-Age=600/);
    const back = await browser.visit((await browser.visit(start.location)).location);
    expect(back).toMatchObject({ status: 200, text: expect.stringContaining('is connected to Zendesk') });
    expect(back.text).not.toContain('Still to do');
    expect(back.headers.get('cache-control')).toBe('no-store');
    expect(browser.jar.size).toBe(0);
    expect(await api.ask('GET', `/api/connections/${id}`)).toMatchObject({ body: { state: 'active' } });
    const held = await api.services.store.zendeskTokens.read(id);
    const lifeMs = (held.expiresAt?.getTime() ?? 0) - (held.issuedAt?.getTime() ?? 0);
    expect(Math.round(lifeMs / 1_000)).toBe(86_400);
    for (const target of ['organization', 'user'] as const)
      expect(await api.services.store.fieldChecks.get(id, target)).toBeUndefined();
    expect(await api.ask('GET', `/api/connections/${id}/schedule`)).toMatchObject({ body: { total: 2 } });
    const [noted] = (await api.services.store.audit.list({ subject: id, limit: 1 })).items;
    expect(noted).toMatchObject({ action: 'connection.consent', actor: expect.stringMatching(/^zendesk user \d+$/) });
  });

  it('needs an OAuth client, and the answer without one spells out how to get it', async () => {
    const { status, body } = await put('desk-none', { oauthClientId: null, oauthClientSecret: null });
    expect(status).toBe(200);
    const redirect = `${api.origin}/oauth/zendesk/callback`;
    expect((body as { next: string }).next).toContain(`with the redirect URL ${redirect}`);
    const answer = await api.ask('POST', '/api/connections/desk-none/authorize', {});
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'no_oauth_client' } } });
    const { message } = (answer.body as { error: { message: string } }).error;
    expect(message).toContain(
      `with the redirect URL ${redirect}. Set its identifier and secret as zendesk.oauthClientId`,
    );
  });

  it('asks for lifetimes strictly inside of Zendesk’s bounds, and only with the grants that know them', async () => {
    const id = await apply();
    const browser = new Browser();
    await browser.visit((await consent(browser, id)).href);
    const [code] = (await exchanges()).slice(-1);
    expect(code?.body).toMatchObject({ expires_in: 86_400, refresh_token_expires_in: 2_592_000 });
    await sandbox.control('PATCH', '/settings/zendesk', { oauthClientLifetimes: 'refused' });
    const { body } = await put('desk-own', { grant: 'client_credentials' });
    expect(body).not.toHaveProperty('next');
    expect(await api.services.tryCredential('desk-own', 'zendesk')).toMatchObject({ ok: true });
  });

  it('leaves neither code nor token in the log, the database or an answer', async () => {
    const id = await apply();
    const browser = new Browser();
    const callback = await consent(browser, id);
    const verifier = [...browser.jar.values()][0] ?? '';
    const { text } = await browser.visit(callback.href);
    const { accessToken = '', refreshToken = '' } = await api.services.store.zendeskTokens.read(id);
    const { code = '', state = '' } = Object.fromEntries(callback.searchParams);
    const shown = await api.ask('GET', `/api/connections/${id}`);
    const places = [await dump(), api.lines.join('\n'), text, JSON.stringify(shown.body)].join('\n');
    for (const secret of [accessToken, refreshToken, code, state, verifier, sandbox.oauthClientSecret]) {
      expect(secret.length).toBeGreaterThan(10);
      expect(places).not.toContain(secret);
    }
  });

  it('shows no webhook secret either, neither the one in use nor the former one', async () => {
    const secrets = ['webhook-secret-of-yesterday', 'webhook-secret-of-today'];
    const id = await apply({ webhookSecret: secrets[0] });
    expect((await put(id, { webhookSecret: secrets[1] })).status).toBe(200);
    expect((await api.services.store.credentials.webhookSecrets(id)).sort()).toEqual([...secrets].sort());
    const shown = await api.ask('GET', `/api/connections/${id}`);
    const places = [await dump(), api.lines.join('\n'), JSON.stringify(shown.body)].join('\n');
    for (const secret of secrets) expect(places).not.toContain(secret);
  });

  it('resumes a connection that needed it, and starts a sync', async () => {
    const id = await apply();
    const first = new Browser();
    await first.visit((await consent(first, id)).href);
    await api.services.store.connections.setState(id, 'needs_reconnect', 'The token was refused.');
    const browser = new Browser();
    expect((await browser.visit((await consent(browser, id)).href)).status).toBe(200);
    expect(await api.ask('GET', `/api/connections/${id}`)).toMatchObject({
      body: { state: 'active', stateReason: null },
    });
    const { status } = await api.services.temporal.client.workflow.getHandle(`master-sync/${id}`).describe();
    expect(status.name).toBe('RUNNING');
  });

  it('is refused with a wrong state, without asking Zendesk', async () => {
    const id = await apply();
    const browser = new Browser();
    const callback = await consent(browser, id);
    callback.searchParams.set('state', randomBytes(32).toString('base64url'));
    const before = (await exchanges()).length;
    expect(await browser.visit(callback.href)).toMatchObject({
      status: 400,
      text: expect.stringContaining('not started here'),
    });
    expect(await exchanges()).toHaveLength(before);
    await expectNothingStored(id);
  });

  it('is refused with a state that was used, also by the same browser', async () => {
    const id = await apply();
    const browser = new Browser();
    const callback = await consent(browser, id);
    const jar = new Map(browser.jar);
    expect((await browser.visit(callback.href)).status).toBe(200);
    const { accessToken } = await api.services.store.zendeskTokens.read(id);
    for (const [name, value] of jar) browser.jar.set(name, value);
    expect((await browser.visit(callback.href)).status).toBe(400);
    expect((await api.services.store.zendeskTokens.read(id)).accessToken).toBe(accessToken);
  });

  it('is refused after ten minutes', async () => {
    const id = await apply();
    const browser = new Browser();
    const callback = await consent(browser, id);
    const [row] = await query<{ minutes: number }>(
      `select round(extract(epoch from expires_at - now()) / 60)::int as minutes from oauth_consents where connection_id = '${id}'`,
    );
    expect(row?.minutes).toBe(10);
    await query(`update oauth_consents set expires_at = now() - interval '1 s' where connection_id = '${id}'`);
    expect((await browser.visit(callback.href)).status).toBe(400);
    await expectNothingStored(id);
  });

  it('is refused in another browser, and then also in the first', async () => {
    const id = await apply();
    const browser = new Browser();
    const callback = await consent(browser, id);
    expect((await new Browser().visit(callback.href)).status).toBe(400);
    const stranger = new Browser();
    stranger.jar.set('ledgerdesk_consent', randomBytes(32).toString('base64url'));
    expect((await stranger.visit(callback.href)).status).toBe(400);
    expect((await browser.visit(callback.href)).status).toBe(400);
    await expectNothingStored(id);
  });

  it('is refused with a code that was given to somebody else, or for no challenge', async () => {
    const [id, other] = [await apply(), await apply()];
    const browser = new Browser();
    const callback = await consent(browser, id);
    callback.searchParams.set('code', (await consent(new Browser(), other)).searchParams.get('code') ?? '');
    expect((await browser.visit(callback.href)).status).toBe(400);
    const again = new Browser();
    const start = new URL((await again.visit(await link(id))).location);
    start.searchParams.delete('code_challenge');
    start.searchParams.delete('code_challenge_method');
    expect((await again.visit((await again.visit(start.href)).location)).status).toBe(400);
    await expectNothingStored(id);
    await expectNothingStored(other);
  });

  it('is refused when it was denied in Zendesk', async () => {
    const id = await apply();
    await sandbox.control('PATCH', '/settings/zendesk', { oauthConsent: 'deny' });
    const browser = new Browser();
    const answer = await browser.visit((await consent(browser, id)).href);
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('denied in Zendesk') });
    await expectNothingStored(id);
  });

  it('is refused when an agent gave it', async () => {
    const id = await apply();
    await signIn(sandbox, 'agent');
    const browser = new Browser();
    const answer = await browser.visit((await consent(browser, id)).href);
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('administrator') });
    await expectNothingStored(id);
  });

  it('is refused when the OAuth client has another secret, and says what to correct', async () => {
    const id = await apply({ oauthClientSecret: 'not-its-secret' });
    const browser = new Browser();
    const answer = await browser.visit((await consent(browser, id)).href);
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('zendesk.oauthClientSecret') });
    expect(answer.text).not.toContain('not-its-secret');
    await expectNothingStored(id);
  });

  it('leads to the Zendesk of the connection and nowhere else', async () => {
    const id = await apply();
    const begin = (params: string) => new Browser().visit(`${api.origin}/oauth/zendesk/start?${params}`);
    const { location } = await begin(`connection=${id}&redirect_uri=https://evil.test&return_to=https://evil.test`);
    expect(location).not.toContain('evil');
    for (const unknown of ['', 'connection=', 'connection=nobody', 'connection=%00', `connection=${id}&connection=x`]) {
      expect(await begin(unknown)).toMatchObject({ status: 404, location: '' });
    }
    const bare = await apply({ oauthClientId: null });
    expect((await begin(`connection=${bare}`)).status).toBe(404);
    expect((await api.ask('POST', `/api/connections/${bare}/authorize`, {})).status).toBe(409);
  });
});
