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
  /** Starts a further sandbox and applies a connection to it under this id. */
  join(id: string): Promise<Pick<Stage, 'control'>>;
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
  const sandbox = await startSandbox();
  const dataDir = join(folder, 'data');
  const env = { LEDGERDESK_DATA_DIR: dataDir, LEDGERDESK_PORT: '0', LEDGERDESK_ALLOW_HOSTS: '127.0.0.1' };
  const product = start('../runtime/supervisor/main.ts', [], env);
  const { apiUrl } = JSON.parse(await lineOf(product, (line) => line.includes('"msg":"ready"'))) as { apiUrl: string };
  const token = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim();
  const server = JSON.parse(readFileSync(join(dataDir, 'temporal', 'server.json'), 'utf8')) as { port: number };
  const sandboxes = [sandbox];
  const api: Stage['api'] = (method, route, body) =>
    call(`${apiUrl}${route}`, { method, body, headers: { authorization: `Bearer ${token}` } });
  await api('POST', '/api/connections', connectionFile('bench', sandbox.told, wanted));
  return {
    control: sandbox.control,
    api,
    workerMemory: () => memoryOf(product.pid ?? 0),
    temporalAddress: `127.0.0.1:${server.port}`,
    async join(id) {
      const further = await startSandbox();
      sandboxes.push(further);
      await api('POST', '/api/connections', connectionFile(id, further.told, { contacts: false }));
      return further;
    },
    async stop() {
      for (const child of [product, ...sandboxes.map((one) => one.process)]) await stop(child);
    },
  };
}

interface StartedSandbox extends Pick<Stage, 'control'> {
  readonly process: ChildProcess;
  /** Its addresses and credentials. */
  readonly told: Readonly<Record<string, string>>;
}

async function startSandbox(): Promise<StartedSandbox> {
  const process = start('../sandbox/main.ts', ['--seed', 'empty', '--lean', '--exit-with-parent'], {});
  const told = JSON.parse(await lineOf(process, (line) => line.startsWith('{'))) as Record<string, string>;
  const control: Stage['control'] = (method, route, body) =>
    call(`${told['control'] ?? ''}${route}`, { method, body, headers: {} });
  await control('PATCH', '/settings/zendesk', { rateLimitPerMinute: 1_000_000, incrementalPerMinute: 1_000_000 });
  return { process, told, control };
}

function connectionFile(
  id: string,
  told: Readonly<Record<string, string>>,
  { contacts, webhookSecret }: StageOptions,
): object {
  const { dynamics, zendesk, entra, tenantId, clientId, clientSecret, zendeskToken } = told;
  return {
    id,
    name: id,
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
