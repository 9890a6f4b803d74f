import { mkdtempSync, readFileSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { processIdentity } from '../../../runtime/processes/process-identity.ts';
import { killHard, killLeftovers, startScript } from '../processes/run.ts';
import type { Started } from '../processes/run.ts';

const KEY = Buffer.alloc(32, 1).toString('base64');
const EXTERNAL = {
  DATABASE_URL: 'postgres://user:secret-of-the-database@127.0.0.1:1/x',
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  LEDGERDESK_ENCRYPTION_KEYS: `k1:${KEY}`,
  LEDGERDESK_PORT: '0',
};

let folder: string;
const running: Started[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledgerdesk-supervisor-'));
  chmodSync(folder, 0o755);
});
afterEach(async () => {
  for (const started of running.splice(0)) {
    if (started.process.exitCode === null && started.process.signalCode === null) started.process.kill('SIGTERM');
    await started.exited;
  }
});
afterAll(() => {
  killLeftovers(folder);
  rmSync(folder, { recursive: true, force: true });
});

function start(name: string, env: NodeJS.ProcessEnv = EXTERNAL, options: { shell?: boolean } = {}): Started {
  const { XDG_CACHE_HOME } = process.env;
  const started = startScript(new URL('../processes/start-supervisor.ts', import.meta.url), {
    ...options,
    env: { ...env, XDG_CACHE_HOME, LEDGERDESK_DATA_DIR: join(folder, name) },
  });
  running.push(started);
  return started;
}

interface Ready {
  readonly apiUrl: string;
  readonly uiUrl?: string;
  readonly dataDir: string;
  readonly adminTokenFile?: string;
}

async function ready(started: Started): Promise<Ready> {
  return JSON.parse(await started.line('"msg":"ready"')) as Ready;
}

async function get<T>(url: string): Promise<T> {
  return (await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).json()) as T;
}

async function untilEnded(pid: number): Promise<void> {
  while (processIdentity(pid) !== undefined) await sleep(20);
}

describe('the supervisor', () => {
  it('writes only JSON lines, logs the address of the API when it is ready, and ends with 0 after SIGTERM', async () => {
    const started = start('plain');
    const { apiUrl, dataDir } = await ready(started);
    expect(dataDir).toBe(join(folder, 'plain'));
    const { pid } = await get<{ pid: number }>(`${apiUrl}/pid`);
    await started.line('a native library says hello');
    started.process.kill('SIGTERM');
    expect(await started.exited).toBe(0);
    expect(processIdentity(pid)).toBeUndefined();
    const entries = started.lines.map((line) => JSON.parse(line) as { msg: string; process?: string });
    expect(entries).toContainEqual(expect.objectContaining({ process: 'api', msg: 'listening' }));
    expect(entries).toContainEqual(expect.objectContaining({ process: 'worker', msg: 'a native library says hello' }));
    expect(entries.slice(-3).map(({ msg }) => msg)).toEqual(['stopping', 'closing', 'stopped']);
  });

  it('logs the address of the API, its readiness and its stop at any level', async () => {
    const started = start('quiet', { ...EXTERNAL, LEDGERDESK_LOG_LEVEL: 'silent' });
    const { apiUrl } = await ready(started);
    expect((await fetch(`${apiUrl}/readyz`)).status).toBe(200);
    started.process.kill('SIGTERM');
    expect(await started.exited).toBe(0);
    const entries = started.lines.map((line) => JSON.parse(line) as { msg: string; process: string });
    const messages = entries.filter((entry) => entry.process !== 'worker').map(({ msg }) => msg);
    expect(messages).toEqual(['listening', 'ready', 'stopping', 'stopped']);
  });

  it('starts a crashed process again, with a warning', async () => {
    const started = start('crash');
    const { apiUrl } = await ready(started);
    await fetch(`${apiUrl}/crash`).catch(() => undefined);
    const line = JSON.parse(await started.line('has ended unexpectedly')) as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'warn', child: 'api', code: 3, restartInMs: 200 });
    while (started.lines.filter((entry) => entry.includes('"msg":"ready"')).length < 2) await sleep(20);
  });

  it('ends with 1 if a process ends with an unrecoverable error', async () => {
    const started = start('unrecoverable');
    const { apiUrl } = await ready(started);
    await fetch(`${apiUrl}/unrecoverable`).catch(() => undefined);
    expect(await started.exited).toBe(1);
  });

  it('rejects a second start with the same data directory, and reports the pid of the first', async () => {
    const first = start('shared');
    const { apiUrl } = await ready(first);
    const second = start('shared');
    expect(await second.exited).toBe(1);
    expect(second.errors()).toMatch(
      /^Ledgerdesk is already running with .* \(pid \d+, http:\/\/127\.0\.0\.1:\d+\)\. .*\n$/,
    );
    expect(second.errors()).toContain(apiUrl);
    expect(second.errors()).toContain(`pid ${first.process.pid}`);
  });

  it('prints each error in the settings in its own line, and ends with 1', async () => {
    const started = start('invalid', { LEDGERDESK_PORT: 'x', LEDGERDESK_PROT: '1' });
    expect(await started.exited).toBe(1);
    expect(started.errors().trim().split('\n')).toHaveLength(2);
    const keyless = start('keyless', { DATABASE_URL: EXTERNAL.DATABASE_URL });
    expect(await keyless.exited).toBe(1);
    expect(keyless.errors()).toBe(
      'LEDGERDESK_ENCRYPTION_KEYS is not set. It is required together with DATABASE_URL.\n',
    );
  });

  it('has its processes end when it is killed', async () => {
    const started = start('killed');
    const { pid } = await get<{ pid: number }>(`${(await ready(started)).apiUrl}/pid`);
    await killHard(started);
    await untilEnded(pid);
  });

  it('ends when the shell in which npm runs it has ended', async () => {
    const started = start('orphaned', { ...EXTERNAL, npm_lifecycle_event: 'start' }, { shell: true });
    const { apiUrl, dataDir } = await ready(started);
    const { pid } = JSON.parse(readFileSync(join(dataDir, 'lock.json'), 'utf8')) as { pid: number };
    expect(pid).not.toBe(started.process.pid);
    started.process.kill('SIGTERM');
    await untilEnded(pid);
    await expect(fetch(`${apiUrl}/pid`)).rejects.toThrow();
  });

  it('redacts the database password in the log of its processes', async () => {
    const started = start('leak');
    await fetch(`${(await ready(started)).apiUrl}/leak`);
    expect(await started.line('a leaked secret')).not.toContain('secret-of-the-database');
  });

  it('starts embedded servers by default, and finds the same servers and secrets after it was killed', async () => {
    const env = { LEDGERDESK_PORT: '0', TEMPORAL_API_KEY: 'of another server', TEMPORAL_TLS: 'true' };
    const first = start('embedded', env);
    const { apiUrl, uiUrl, adminTokenFile } = await ready(first);
    const before = await get<Record<string, unknown>>(`${apiUrl}/environment`);
    expect(before).toMatchObject({ keysGenerated: true, temporalAddress: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
    expect(readFileSync(adminTokenFile ?? '', 'utf8').trim()).toBe(before['adminToken']);
    expect((await fetch(uiUrl ?? '')).status).toBe(200);
    expect(before['uiOrigins']).toEqual([uiUrl, uiUrl?.replace('127.0.0.1', 'localhost')]);
    await killHard(first);

    const second = start('embedded', env);
    expect(await get(`${(await ready(second)).apiUrl}/environment`)).toEqual(before);
    expect(second.lines.filter((line) => line.includes('found running and taken over'))).toHaveLength(2);
    second.process.kill('SIGINT');
    expect(await second.exited).toBe(0);
    await expect(fetch(uiUrl ?? '')).rejects.toThrow();
  });

  it('starts a killed embedded server again', async () => {
    const started = start('revived', { LEDGERDESK_PORT: '0' });
    const { uiUrl } = await ready(started);
    const record = join(folder, 'revived', 'temporal', 'server.json');
    const { pid } = JSON.parse(readFileSync(record, 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    await started.line('an embedded server has ended');
    for (;;) {
      const response = await fetch(uiUrl ?? '').catch(() => undefined);
      if (response?.status === 200) break;
      await sleep(50);
    }
  });
});
