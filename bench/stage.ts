import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The sandbox and the product under measurement, and ways to ask both. */
export interface Stage {
  /** Calls the sandbox's control server. */
  control<Answer>(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Calls the admin API. */
  api<Answer>(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Resident memory of the worker process in bytes: now, and at its peak; zeros where the system does not tell. */
  workerMemory(): { now: number; peak: number };
  /** `host:port` of the embedded Temporal server. */
  readonly temporalAddress: string;
  stop(): Promise<void>;
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** What the connection under measurement does besides customers; `webhookSecret` signs what Zendesk sends. */
export interface StageOptions {
  readonly contacts: boolean;
  readonly webhookSecret?: string;
}

/** Starts an empty sandbox without limits and the product beside it, and applies one connection: one entity, no vendors. */
export async function startStage(folder: string, wanted: StageOptions): Promise<Stage> {
  const sandbox = start('../sandbox/main.ts', ['--seed', 'empty', '--lean', '--exit-with-parent'], {});
  const told = JSON.parse(await lineOf(sandbox, (line) => line.startsWith('{'))) as Record<string, string>;
  const dataDir = join(folder, 'data');
  const env = { LEDGERDESK_DATA_DIR: dataDir, LEDGERDESK_PORT: '0', LEDGERDESK_ALLOW_HOSTS: '127.0.0.1' };
  const product = start('../runtime/supervisor.ts', [], env);
  const { apiUrl } = JSON.parse(await lineOf(product, (line) => line.includes('"msg":"ready"'))) as { apiUrl: string };
  const token = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim();
  const server = JSON.parse(readFileSync(join(dataDir, 'temporal', 'server.json'), 'utf8')) as { port: number };
  const stage: Stage = {
    control: (method, route, body) => call(`${told['control'] ?? ''}${route}`, { method, body, headers: {} }),
    api: (method, route, body) =>
      call(`${apiUrl}${route}`, { method, body, headers: { authorization: `Bearer ${token}` } }),
    workerMemory: () => memoryOf(product.pid ?? 0),
    temporalAddress: `127.0.0.1:${server.port}`,
    stop: async () => {
      for (const child of [product, sandbox]) await stop(child);
    },
  };
  await stage.control('PATCH', '/settings/zendesk', { rateLimitPerMinute: 1_000_000, incrementalPerMinute: 1_000_000 });
  await stage.api('POST', '/api/connections', connectionFile(told, wanted));
  return stage;
}

function connectionFile(told: Record<string, string>, { contacts, webhookSecret }: StageOptions): object {
  const { dynamics, zendesk, entra, tenantId, clientId, clientSecret, zendeskToken } = told;
  return {
    id: 'bench',
    name: 'Bench',
    dynamics: {
      environmentUrl: dynamics,
      tenantId,
      clientId,
      clientSecret,
      authorityHost: entra,
      legalEntities: ['usmf'],
    },
    zendesk: { subdomain: 'bench', baseUrl: zendesk, accessToken: zendeskToken, webhookSecret: webhookSecret ?? null },
    sync: { customers: true, vendors: false, contacts },
  };
}

function start(entry: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', path(entry), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function lineOf(child: ChildProcess, wanted: (line: string) => boolean): Promise<string> {
  if (child.stdout === null) throw new Error('The process has no output.');
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      if (wanted(line)) resolve(line);
    });
    child.once('exit', (code) => reject(new Error(`A process ended (exit ${code}) before it was ready.`)));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function call<Answer>(
  url: string,
  request: { method: string; body: unknown; headers: Record<string, string> },
): Promise<Answer> {
  const json = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
  const headers = { ...request.headers, 'content-type': 'application/json' };
  const response = await fetch(url, { method: request.method, headers, ...json });
  const text = await response.text();
  if (!response.ok) throw new Error(`${request.method} ${url} answered ${response.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** The worker is the child of the supervisor whose command names it; Linux tells its memory under /proc. */
function memoryOf(supervisorPid: number): { now: number; peak: number } {
  try {
    const list = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(supervisorPid)], { encoding: 'utf8' });
    const pid =
      list
        .split('\n')
        .find((line) => line.includes('worker'))
        ?.trim()
        .split(' ')[0] ?? '';
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
    return { now: kilobytes('VmRSS') * 1_024, peak: kilobytes('VmHWM') * 1_024 };
  } catch {
    return { now: 0, peak: 0 };
  }
}
