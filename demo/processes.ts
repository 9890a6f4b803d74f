import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process of the demo. */
export interface Started {
  /** Sends SIGTERM and waits for the exit. */
  stop(): Promise<void>;
}

/** The running sandbox, with the members of its first line of output. */
export interface Sandbox extends Started {
  readonly zendesk: string;
  readonly dynamics: string;
  readonly entra: string;
  readonly control: string;
  readonly zendeskToken: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The running product. */
export interface Product extends Started {
  readonly apiUrl: string;
  readonly uiUrl: string;
  /** `host:port` of its Temporal server. */
  readonly temporalAddress: string;
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Starts the sandbox with the data of a distributor. */
export async function startSandbox(): Promise<Sandbox> {
  const child = run('../sandbox/main.ts', ['--seed', 'distributor', '--exit-with-parent'], {});
  const line = await firstLine(child, (text) => text.startsWith('{'));
  return { ...(JSON.parse(line) as Omit<Sandbox, 'stop'>), stop: () => stop(child) };
}

/** Starts Ledgerdesk as `npm start` does, on free ports, with its data in `dataDir`. Resolves when it is ready. */
export async function startProduct(dataDir: string): Promise<Product> {
  const env = {
    LEDGERDESK_DATA_DIR: dataDir,
    LEDGERDESK_PORT: '0',
    LEDGERDESK_ALLOW_HOSTS: '127.0.0.1',
    LEDGERDESK_LOG_LEVEL: 'info',
  };
  const child = run('../runtime/supervisor/main.ts', [], env);
  const line = await firstLine(child, (text) => text.includes('"msg":"ready"'));
  const server = JSON.parse(await readFile(join(dataDir, 'temporal', 'server.json'), 'utf8')) as { port: number };
  const { apiUrl, uiUrl } = JSON.parse(line) as Pick<Product, 'apiUrl' | 'uiUrl'>;
  return { apiUrl, uiUrl, temporalAddress: `127.0.0.1:${server.port}`, stop: () => stop(child) };
}

/** Runs a command of the CLI. Returns its JSON document. Rejects with its output when it fails. */
export async function ledgerdesk<Body>(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Body> {
  const child = spawn(process.execPath, [path('../cli/ledgerdesk.mjs'), ...args, '--json'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (output.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output.err += data.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0)
    throw new Error(`"ledgerdesk ${args.join(' ')}" failed with exit code ${code}:\n${output.err}${output.out}`);
  return JSON.parse(output.out) as Body;
}

function run(entry: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  // The child has its own process group, so that Ctrl-C reaches only the demo, which stops everything in order.
  return spawn(process.execPath, ['--import', 'tsx', path(entry), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
}

async function firstLine(child: ChildProcess, matches: (line: string) => boolean): Promise<string> {
  if (child.stdout === null) throw new Error('The process has no output.');
  const lines = createInterface({ input: child.stdout });
  const seen: string[] = [];
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      seen.push(line);
      if (matches(line)) resolve(line);
    });
    child.once('exit', (code) =>
      reject(new Error(`A process exited with ${code} before it was ready:\n${seen.slice(-15).join('\n')}`)),
    );
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
