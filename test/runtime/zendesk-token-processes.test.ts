import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Store } from '../../store/store.ts';
import { TEST_SETTINGS } from '../fixtures/accounts.ts';
import { keepNewTokens } from '../fixtures/consent.ts';
import { execute, openTestStore, TEST_KEYS } from '../fixtures/database.ts';
import { startTestSandbox, type JournalEntry, type TestSandbox } from '../fixtures/sandbox.ts';
import { until } from '../fixtures/stops.ts';

const PROCESSES = 8;

describe('the tokens of a connection with several processes', () => {
  let sandbox: TestSandbox;
  let store: Store;
  let url: string;
  let close: () => Promise<void>;
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    sandbox = await startTestSandbox({ seed: 'distributor' });
    ({ store, url, close } = await openTestStore());
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await sandbox.stop();
    await close();
  });

  /** Authorizes a connection, with tokens after the half of their lifetime. */
  async function authorize(id: string): Promise<void> {
    const zendesk = { ...TEST_SETTINGS.zendesk, baseUrl: sandbox.zendesk, oauthClientId: sandbox.oauthClientId };
    const settings = { ...TEST_SETTINGS, zendesk };
    await store.connections.save({ id, name: id, settings, externalIdTemplate: '{accountNumber}', state: 'active' });
    await store.credentials.apply(id, { 'zendesk.oauthClientSecret': sandbox.oauthClientSecret });
    await keepNewTokens(sandbox, store, id);
    await execute(
      url,
      `update zendesk_tokens set issued_at = now() - interval '17 hours', expires_at = now() + interval '7 hours'
      where connection_id = '${id}'`,
    );
    await sandbox.control('DELETE', '/journal');
  }

  interface User {
    readonly child: ChildProcessByStdio<Writable, Readable, null>;
    readonly lines: Interface;
  }

  /** Starts a process that uses the tokens of a connection after it has received the id of the connection. */
  async function startUser(): Promise<User> {
    const env = {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: url,
      LEDGERDESK_ENCRYPTION_KEYS: `test:${TEST_KEYS[0].key.toString('base64')}`,
      LEDGERDESK_ALLOW_HOSTS: '127.0.0.1',
    };
    const entry = fileURLToPath(new URL('../fixtures/token-process.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', entry], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    children.add(child);
    const lines = createInterface({ input: child.stdout });
    await once(lines, 'line');
    return { child, lines };
  }

  async function use({ child, lines }: User, id: string): Promise<unknown> {
    child.stdin.write(`${id}\n`);
    const [line] = (await once(lines, 'line')) as [string];
    return JSON.parse(line);
  }

  const refreshes = async (): Promise<number> => {
    const { items } = await sandbox.control<{ items: JournalEntry[] }>('GET', '/journal?system=zendesk');
    return items.filter(({ operation }) => operation === 'oauth.token.refresh_token').length;
  };

  it('are refreshed by one of eight processes that need them at the same time', async () => {
    await authorize('shared');
    const users: User[] = [];
    for (let n = 0; n < PROCESSES; n += 1) users.push(await startUser());
    const results = await Promise.all(users.map((user) => use(user, 'shared')));
    expect(results).toEqual(users.map(() => ({ scopes: ['read', 'write'] })));
    expect(await refreshes()).toBe(1);
  });

  it('require a new authorization, without more attempts, if the process is killed after the response and before the save', async () => {
    await authorize('killed');
    const held = { match: { path: '^/oauth/tokens$' }, times: 1, action: { kind: 'hold', when: 'after' } };
    await sandbox.control('POST', '/faults', { system: 'zendesk', ...held });
    const killed = await startUser();
    killed.child.stdin.write('killed\n');
    await until('Zendesk has issued the tokens', async () => {
      const { items } = await sandbox.control<{ items: { struck: number }[] }>('GET', '/faults');
      return items.every(({ struck }) => struck > 0);
    });
    killed.child.kill('SIGKILL');
    await once(killed.child, 'exit');
    await sandbox.control('DELETE', '/faults');
    await execute(url, `update zendesk_tokens set lease_until = now() - interval '1 s' where connection_id = 'killed'`);
    expect(await use(await startUser(), 'killed')).toEqual({ kind: 'unauthorized', code: 'invalid_grant' });
    const { state, stateReason } = await store.connections.require('killed');
    expect([state, stateReason]).toEqual(['needs_reconnect', expect.stringMatching(/^Authorize the connection again/)]);
    const after = await refreshes();
    for (let n = 0; n < 2; n += 1)
      expect(await use(await startUser(), 'killed')).toMatchObject({ kind: 'unauthorized' });
    expect(await refreshes()).toBe(after);
    expect(after).toBe(2);
  });
});
