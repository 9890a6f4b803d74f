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

function start(name: string, env: NodeJS.ProcessEnv = EXTERNAL, how: { shell?: boolean } = {}): Started {
  const { XDG_CACHE_HOME } = process.env;
  const started = startScript(new URL('../processes/start-supervisor.ts', import.meta.url), {
    ...how,
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

async function untilGone(pid: number): Promise<void> {
  while (processIdentity(pid) !== undefined) await sleep(20);
}

describe('the supervisor', () => {
  it('writes JSON lines alone, says where the API is once it is ready, and ends with 0 on SIGTERM', async () => {
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

  it('says at any level where the API is, that it is ready, and that it stops', async () => {
    const started = start('quiet', { ...EXTERNAL, LEDGERDESK_LOG_LEVEL: 'silent' });
    const { apiUrl } = await ready(started);
    expect((await fetch(`${apiUrl}/readyz`)).status).toBe(200);
    started.process.kill('SIGTERM');
    expect(await started.exited).toBe(0);
    const entries = started.lines.map((line) => JSON.parse(line) as { msg: string; process: string });
    const ours = entries.filter((entry) => entry.process !== 'worker').map(({ msg }) => msg);
    expect(ours).toEqual(['listening', 'ready', 'stopping', 'stopped']);
  });

  it('starts a crashed process again and says so', async () => {
    const started = start('crash');
    const { apiUrl } = await ready(started);
    await fetch(`${apiUrl}/crash`).catch(() => undefined);
    const line = JSON.parse(await started.line('ended by itself')) as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'warn', child: 'api', code: 3, restartInMs: 200 });
    while (started.lines.filter((entry) => entry.includes('"msg":"ready"')).length < 2) await sleep(20);
  });

  it('gives up, with 1, when a process says that a restart cannot help', async () => {
    const started = start('unrecoverable');
    const { apiUrl } = await ready(started);
    await fetch(`${apiUrl}/unrecoverable`).catch(() => undefined);
    expect(await started.exited).toBe(1);
  });

  it('ends a second start on the same data directory with 1, and says which process holds it', async () => {
    const first = start('shared');
    const { apiUrl } = await ready(first);
    const second = start('shared');
    expect(await second.exited).toBe(1);
    expect(second.said()).toMatch(/^Ledgerdesk already runs on .* \(pid \d+, http:\/\/127\.0\.0\.1:\d+\): .*\n$/);
    expect(second.said()).toContain(apiUrl);
    expect(second.said()).toContain(`pid ${first.process.pid}`);
  });

  it('prints every mistake in the settings, a line each, and ends with 1', async () => {
    const started = start('mistakes', { LEDGERDESK_PORT: 'x', LEDGERDESK_PROT: '1' });
    expect(await started.exited).toBe(1);
    expect(started.said().trim().split('\n')).toHaveLength(2);
    const keyless = start('keyless', { DATABASE_URL: EXTERNAL.DATABASE_URL });
    expect(await keyless.exited).toBe(1);
    expect(keyless.said()).toBe('LEDGERDESK_ENCRYPTION_KEYS is not set: with DATABASE_URL it must be.\n');
  });

  it('takes its processes with it when it is killed', async () => {
    const started = start('killed');
    const { pid } = await get<{ pid: number }>(`${(await ready(started)).apiUrl}/pid`);
    await killHard(started);
    await untilGone(pid);
  });

  it('ends by itself when the shell that npm runs it in is gone', async () => {
    const started = start('orphaned', { ...EXTERNAL, npm_lifecycle_event: 'start' }, { shell: true });
    const { apiUrl, dataDir } = await ready(started);
    const { pid } = JSON.parse(readFileSync(join(dataDir, 'lock.json'), 'utf8')) as { pid: number };
    expect(pid).not.toBe(started.process.pid);
    started.process.kill('SIGTERM');
    await untilGone(pid);
    await expect(fetch(`${apiUrl}/pid`)).rejects.toThrow();
  });

  it('keeps the database password out of the log even when a process writes it', async () => {
    const started = start('leak');
    await fetch(`${(await ready(started)).apiUrl}/leak`);
    expect(await started.line('a slip')).not.toContain('secret-of-the-database');
  });

  it('embeds what is not configured, and after a kill finds the same servers and secrets again', async () => {
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

  it('starts an embedded server again that was killed', async () => {
    const started = start('revived', { LEDGERDESK_PORT: '0' });
    const { uiUrl } = await ready(started);
    const record = join(folder, 'revived', 'temporal', 'server.json');
    const { pid } = JSON.parse(readFileSync(record, 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    await started.line('an embedded server is gone');
    for (;;) {
      const answer = await fetch(uiUrl ?? '').catch(() => undefined);
      if (answer?.status === 200) break;
      await sleep(50);
    }
  });
});
