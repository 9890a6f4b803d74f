import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process that the demo has started. */
export interface Started {
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
}

/** The sandbox, as its first line tells it. */
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

/** The product, ready to take commands. */
export interface Product extends Started {
  readonly apiUrl: string;
  readonly uiUrl: string;
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Starts the sandbox with its distributor. */
export async function startSandbox(): Promise<Sandbox> {
  const child = run('../sandbox/main.ts', ['--seed', 'distributor', '--exit-with-parent'], {});
  const line = await firstLine(child, (text) => text.startsWith('{'));
  return { ...(JSON.parse(line) as Omit<Sandbox, 'stop'>), stop: () => stop(child) };
}

/** Starts Ledgerdesk as `npm start` does, on free ports, with everything it keeps in `dataDir`. */
export async function startProduct(dataDir: string): Promise<Product> {
  const env = {
    LEDGERDESK_DATA_DIR: dataDir,
    LEDGERDESK_PORT: '0',
    LEDGERDESK_ALLOW_HOSTS: '127.0.0.1',
    LEDGERDESK_LOG_LEVEL: 'info',
  };
  const child = run('../runtime/supervisor/main.ts', [], env);
  const line = await firstLine(child, (text) => text.includes('"msg":"ready"'));
  return { ...(JSON.parse(line) as Omit<Product, 'stop'>), stop: () => stop(child) };
}

/** Runs a command of the CLI; answers its JSON document. Throws with what it said when it fails. */
export async function ledgerdesk<Answer>(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Answer> {
  const child = spawn(process.execPath, [path('../cli/ledgerdesk.mjs'), ...args, '--json'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (said.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (said.err += data.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`"ledgerdesk ${args.join(' ')}" ended with ${code}:\n${said.err}${said.out}`);
  return JSON.parse(said.out) as Answer;
}

function run(entry: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  // A process group of its own: Ctrl-C must reach the demo only, which then ends everything in order.
  return spawn(process.execPath, ['--import', 'tsx', path(entry), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
}

async function firstLine(child: ChildProcess, wanted: (line: string) => boolean): Promise<string> {
  if (child.stdout === null) throw new Error('The process has no output.');
  const lines = createInterface({ input: child.stdout });
  const seen: string[] = [];
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      seen.push(line);
      if (wanted(line)) resolve(line);
    });
    child.once('exit', (code) =>
      reject(new Error(`A process ended (exit ${code}) before it was ready:\n${seen.slice(-15).join('\n')}`)),
    );
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
