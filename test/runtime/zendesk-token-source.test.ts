import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createEgress } from '../../clients/egress.ts';
import { RemoteError } from '../../clients/errors.ts';
import type { RequestObserver } from '../../clients/http.ts';
import type { ConnectionSettings } from '../../domain/connection/connection.ts';
import { createRemoteSystemsOpener, type WithRemoteSystems } from '../../runtime/remote-systems.ts';
import { openStore, type Store } from '../../store/store.ts';
import { TEST_SETTINGS } from '../fixtures/accounts.ts';
import { issueZendeskTokens, keepNewTokens } from '../fixtures/consent.ts';
import { execute, openTestStore, TEST_KEYS } from '../fixtures/database.ts';
import { startTestSandbox, type JournalEntry, type TestSandbox } from '../fixtures/sandbox.ts';

const PROCESSES = 8;
const DAY_S = 86_400;
const UNOBSERVED: RequestObserver = { before: () => Promise.resolve(undefined), after: () => Promise.resolve() };

describe('the Zendesk tokens of a connection', () => {
  let sandbox: TestSandbox;
  let store: Store;
  let url: string;
  let close: () => Promise<void>;
  /** One opener per simulated process, each with its own pool of connections, clients and memory. */
  const processes: { store: Store; open: WithRemoteSystems }[] = [];

  beforeAll(async () => {
    sandbox = await startTestSandbox({ seed: 'distributor' });
    ({ store, url, close } = await openTestStore());
    for (let n = 0; n < PROCESSES; n += 1) {
      const own = await openStore({ url, keys: TEST_KEYS, maxConnections: 2 });
      processes.push({
        store: own,
        open: createRemoteSystemsOpener({ store: own, egress: createEgress(['127.0.0.1']) }),
      });
    }
  });
  afterEach(() => sandbox.control('DELETE', '/faults'));
  afterAll(async () => {
    await Promise.all(processes.map(({ store: own }) => own.close()));
    await sandbox.stop();
    await close();
  });

  const save = async (id: string, change: Partial<ConnectionSettings['zendesk']> = {}): Promise<void> => {
    const zendesk = { ...TEST_SETTINGS.zendesk, baseUrl: sandbox.zendesk, oauthClientId: sandbox.oauthClientId };
    const settings = { ...TEST_SETTINGS, zendesk: { ...zendesk, ...change } };
    await store.connections.save({ id, name: id, settings, externalIdTemplate: '{accountNumber}', state: 'active' });
    await store.credentials.apply(id, { 'zendesk.oauthClientSecret': sandbox.oauthClientSecret });
  };
  /** Authorizes a connection. Its tokens are `agedS` seconds old and valid for a day in total. */
  const authorize = async (id: string, agedS: number): Promise<void> => {
    await save(id);
    await keepNewTokens(sandbox, store, id);
    await age(id, agedS);
    await sandbox.control('DELETE', '/journal');
  };
  const age = (id: string, agedS: number) =>
    execute(
      url,
      `update zendesk_tokens set issued_at = now() - interval '${agedS} s',
      expires_at = now() + interval '${DAY_S - agedS} s' where connection_id = '${id}'`,
    );
  const scopes = (id: string, n = 0): Promise<string> => {
    const open = processes[n]?.open;
    if (open === undefined) throw new Error(`There is no process ${n}.`);
    return open(id, { observer: UNOBSERVED }, async ({ zendesk }) => {
      await zendesk.accountSettings();
      return (await zendesk.tokenScopes()).join(' ');
    });
  };
  const scopesOfAll = (id: string) => Promise.all(processes.map((_, n) => scopes(id, n)));
  const failure = async (id: string, n = 0): Promise<RemoteError> => {
    const error = await scopes(id, n).then(
      () => new Error('The call succeeded.'),
      (thrown: unknown) => thrown,
    );
    if (error instanceof RemoteError) return error;
    throw error;
  };
  const requestCount = async (operation: string): Promise<number> => {
    const { items } = await sandbox.control<{ items: JournalEntry[] }>('GET', '/journal?system=zendesk');
    return items.filter((entry) => entry.operation === operation).length;
  };
  const refreshes = () => requestCount('oauth.token.refresh_token');
  const stateOf = async (id: string) => (await store.connections.require(id)).state;
  const all = Array.from({ length: PROCESSES }, () => 'read write');

  it('are not refreshed in the first half of their lifetime', async () => {
    await authorize('young', DAY_S / 2 - 600);
    expect(await scopesOfAll('young')).toEqual(all);
    expect(await refreshes()).toBe(0);
  });

  it('are refreshed by one of eight processes that find them due at the same time', async () => {
    await authorize('due', DAY_S * 0.7);
    const before = await store.zendeskTokens.read('due');
    expect(await scopesOfAll('due')).toEqual(all);
    expect(await refreshes()).toBe(1);
    const after = await store.zendeskTokens.read('due');
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(await scopesOfAll('due')).toEqual(all);
    expect(await refreshes()).toBe(1);
  });

  it('are refreshed by one of eight processes that find them expired at the same time', async () => {
    await authorize('expired', DAY_S + 60);
    await sandbox.control('POST', '/state/zendesk/oauth/expire', { what: 'access' });
    expect(await scopesOfAll('expired')).toEqual(all);
    expect(await refreshes()).toBe(1);
    expect(await stateOf('expired')).toBe('active');
  });

  it('are refreshed once if Zendesk rejects an access token that has not expired', async () => {
    await authorize('voided', 60);
    await sandbox.control('POST', '/state/zendesk/oauth/expire', { what: 'access' });
    expect(await scopesOfAll('voided')).toEqual(all);
    expect(await refreshes()).toBe(1);
  });

  it('require a new authorization after the response to a refresh was lost, without more attempts', async () => {
    await authorize('lost', DAY_S * 0.7);
    const fault = { system: 'zendesk', match: { path: '^/oauth/tokens$' }, times: 1 };
    await sandbox.control('POST', '/faults', { ...fault, action: { kind: 'cut', when: 'after' } });
    expect(await failure('lost')).toMatchObject({ system: 'zendesk', kind: 'unsure' });
    expect(await stateOf('lost')).toBe('active');
    expect(await failure('lost')).toMatchObject({ kind: 'unauthorized', code: 'invalid_grant' });
    const { state, stateReason } = await store.connections.require('lost');
    expect({ state, stateReason }).toMatchObject({ state: 'needs_reconnect' });
    expect(stateReason).toMatch(/^Authorize the connection again/);
    for (let n = 0; n < PROCESSES; n += 1) expect((await failure('lost', n)).kind).toBe('unauthorized');
    expect(await refreshes()).toBe(2);
    await keepNewTokens(sandbox, store, 'lost');
    await age('lost', DAY_S * 0.7);
    expect(await scopesOfAll('lost')).toEqual(all);
    expect(await refreshes()).toBe(3);
  });

  it('require a new authorization after they were revoked, after one refresh', async () => {
    await authorize('revoked', 60);
    await sandbox.control('POST', '/state/zendesk/oauth/revoke', {});
    const errors = await Promise.all(processes.map((_, n) => failure('revoked', n)));
    expect(new Set(errors.map(({ kind }) => kind))).toEqual(new Set(['unauthorized']));
    expect(await refreshes()).toBe(1);
    expect(await stateOf('revoked')).toBe('needs_reconnect');
  });

  it('are not refreshed before the lease of a killed process has expired', async () => {
    await authorize('held', DAY_S * 0.7);
    expect(await store.zendeskTokens.lease('held', 'a dead process', 60_000)).toBe(true);
    expect(await scopesOfAll('held')).toEqual(all);
    expect(await refreshes()).toBe(0);
    await execute(url, `update zendesk_tokens set lease_until = now() - interval '1 s' where connection_id = 'held'`);
    expect(await scopesOfAll('held')).toEqual(all);
    expect(await refreshes()).toBe(1);
  });

  it('are issued to the OAuth client itself with the grant client_credentials', async () => {
    await save('own', { grant: 'client_credentials' });
    await sandbox.control('DELETE', '/journal');
    expect(await scopesOfAll('own')).toEqual(all);
    expect(await requestCount('oauth.token.client_credentials')).toBe(1);
    await age('own', DAY_S * 0.7);
    expect(await scopesOfAll('own')).toEqual(all);
    expect(await requestCount('oauth.token.client_credentials')).toBe(2);
    expect(await refreshes()).toBe(0);
  });

  it('require a new authorization if Zendesk rejects the OAuth client', async () => {
    await save('invalid', { grant: 'client_credentials' });
    await store.credentials.apply('invalid', { 'zendesk.oauthClientSecret': 'not-its-secret' });
    const error = await failure('invalid');
    expect(error).toMatchObject({ kind: 'unauthorized', code: 'invalid_client' });
    expect(error.advice).toContain('zendesk.oauthClientSecret');
    expect(`${error.message} ${error.detail}`).not.toContain('not-its-secret');
    expect(await stateOf('invalid')).toBe('needs_reconnect');
  });

  it('are not replaced by the old tokens of a file that is applied again', async () => {
    await save('filed');
    const first = await issueZendeskTokens(sandbox, { role: 'admin' });
    const file = { 'zendesk.accessToken': first.access_token, 'zendesk.refreshToken': first.refresh_token };
    await store.credentials.apply('filed', file);
    await sandbox.control('POST', '/state/zendesk/oauth/expire', { what: 'access' });
    expect(await scopes('filed')).toBe('read write');
    const { accessToken } = await store.zendeskTokens.read('filed');
    expect(accessToken).not.toBe(first.access_token);
    expect(await store.credentials.apply('filed', file)).toEqual([]);
    expect((await store.zendeskTokens.read('filed')).accessToken).toBe(accessToken);
    expect(await scopes('filed', 1)).toBe('read write');
  });

  it('are not refreshed if the connection has no OAuth client', async () => {
    await save('fixed', { oauthClientId: undefined });
    await expect(scopes('fixed')).rejects.toThrow('connection authorize fixed');
    await store.credentials.apply('fixed', { 'zendesk.accessToken': sandbox.zendeskToken });
    expect(await scopes('fixed')).toBe('read write');
    await store.credentials.apply('fixed', { 'zendesk.accessToken': 'nobody-issued-this' });
    expect(await failure('fixed')).toMatchObject({ kind: 'unauthorized', status: 401 });
  });
});
