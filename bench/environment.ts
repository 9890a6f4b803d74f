import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The sandbox and the product under measurement, with clients for both. */
export interface Environment {
  /** Sends a request to the sandbox's control server. */
  control<Body>(method: string, path: string, body?: unknown): Promise<Body>;
  /** Sends a request to the admin API. */
  api<Body>(method: string, path: string, body?: unknown): Promise<Body>;
  /**
   * Returns the resident memory of the worker process in bytes, now and at its peak; zeros if the system does not
   * report it.
   */
  workerMemory(): { now: number; peak: number };
  /** `host:port` of the embedded Temporal server. */
  readonly temporalAddress: string;
  /** Starts another sandbox and applies a connection to it with this id. */
  join(id: string): Promise<Pick<Environment, 'control'>>;
  stop(): Promise<void>;
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The settings of the measured connection. `webhookSecret` is the key of Zendesk's signatures. */
export interface EnvironmentOptions {
  readonly contacts: boolean;
  readonly webhookSecret?: string;
}

/**
 * Starts an empty sandbox without rate limits and the product, and applies a connection with one legal entity, without
 * vendors.
 */
export async function startEnvironment(folder: string, wanted: EnvironmentOptions): Promise<Environment> {
  const sandbox = await startSandbox();
  const dataDir = join(folder, 'data');
  const env = { LEDGERDESK_DATA_DIR: dataDir, LEDGERDESK_PORT: '0', LEDGERDESK_ALLOW_HOSTS: '127.0.0.1' };
  const product = start('../runtime/supervisor/main.ts', [], env);
  const { apiUrl } = JSON.parse(await lineOf(product, (line) => line.includes('"msg":"ready"'))) as { apiUrl: string };
  const token = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim();
  const server = JSON.parse(readFileSync(join(dataDir, 'temporal', 'server.json'), 'utf8')) as { port: number };
  const sandboxes = [sandbox];
  const api: Environment['api'] = (method, route, body) =>
    request(`${apiUrl}${route}`, { method, body, headers: { authorization: `Bearer ${token}` } });
  await api('POST', '/api/connections', connectionFile('bench', sandbox.access, wanted));
  return {
    control: sandbox.control,
    api,
    workerMemory: () => memoryOf(product.pid ?? 0),
    temporalAddress: `127.0.0.1:${server.port}`,
    async join(id) {
      const other = await startSandbox();
      sandboxes.push(other);
      await api('POST', '/api/connections', connectionFile(id, other.access, { contacts: false }));
      return other;
    },
    async stop() {
      for (const child of [product, ...sandboxes.map((one) => one.process)]) await stop(child);
    },
  };
}

interface StartedSandbox extends Pick<Environment, 'control'> {
  readonly process: ChildProcess;
  /** Its addresses and credentials. */
  readonly access: Readonly<Record<string, string>>;
}

async function startSandbox(): Promise<StartedSandbox> {
  const process = start('../sandbox/main.ts', ['--seed', 'empty', '--lean', '--exit-with-parent'], {});
  const access = JSON.parse(await lineOf(process, (line) => line.startsWith('{'))) as Record<string, string>;
  const control: Environment['control'] = (method, route, body) =>
    request(`${access['control'] ?? ''}${route}`, { method, body, headers: {} });
  await control('PATCH', '/settings/zendesk', { rateLimitPerMinute: 1_000_000, incrementalPerMinute: 1_000_000 });
  return { process, access, control };
}

function connectionFile(
  id: string,
  access: Readonly<Record<string, string>>,
  { contacts, webhookSecret }: EnvironmentOptions,
): object {
  const { dynamics, zendesk, entra, tenantId, clientId, clientSecret, zendeskToken } = access;
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

async function lineOf(child: ChildProcess, matches: (line: string) => boolean): Promise<string> {
  if (child.stdout === null) throw new Error('The process has no output.');
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      if (matches(line)) resolve(line);
    });
    child.once('exit', (code) => reject(new Error(`A process exited with ${code} before it was ready.`)));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function request<Body>(
  url: string,
  { method, body, headers }: { method: string; body: unknown; headers: Record<string, string> },
): Promise<Body> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(url, { method, headers: { ...headers, 'content-type': 'application/json' }, ...json });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} returned ${response.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as Body;
}

/** The worker is the child of the supervisor with "worker" in its command. Linux reports its memory under /proc. */
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
