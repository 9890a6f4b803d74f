import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { SandboxOptions } from './sandbox.ts';
import { startSandbox } from './sandbox.ts';

const USAGE =
  'Usage: sandbox [--seed distributor|empty] [--clock-scale N] [--lean] [--host NAME] [--first-port N] [--tls-cert FILE --tls-key FILE] [--url SYSTEM=URL]… [--exit-with-parent]';
const PARENT_POLL_MS = 1_000;

interface Command {
  readonly options: SandboxOptions;
  readonly exitWithParent: boolean;
}

try {
  await run(readCommand(process.argv.slice(2)));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 2;
}

function readCommand(args: string[]): Command {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: 'distributor' },
      'clock-scale': { type: 'string', default: '1' },
      lean: { type: 'boolean', default: false },
      host: { type: 'string', default: '127.0.0.1' },
      'first-port': { type: 'string' },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      url: { type: 'string', multiple: true, default: [] },
      'exit-with-parent': { type: 'boolean', default: false },
    },
  });
  const {
    seed,
    lean,
    host,
    'clock-scale': scale,
    'first-port': firstPort,
    'exit-with-parent': exitWithParent,
  } = values;
  if (seed !== 'distributor' && seed !== 'empty') throw new Error(`There is no seed "${seed}".`);
  const options: SandboxOptions = {
    ...{ seed, host, clockScale: Number(scale), keepBodies: !lean },
    ...(firstPort !== undefined && { ports: portsFrom(firstPort) }),
    ...tlsFrom(values['tls-cert'], values['tls-key']),
    ...(values.url.length > 0 && { publicUrls: urlsFrom(values.url) }),
  };
  return { options, exitWithParent };
}

function tlsFrom(cert: string | undefined, key: string | undefined): Pick<SandboxOptions, 'tls'> {
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined || key === undefined) throw new Error('--tls-cert and --tls-key belong together.');
  return { tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } };
}

function urlsFrom(entries: readonly string[]): NonNullable<SandboxOptions['publicUrls']> {
  return Object.fromEntries(
    entries.map((entry) => {
      const [, system = '', url = ''] = /^(zendesk|dynamics|entra)=(https?:\/\/[^/]+)$/.exec(entry) ?? [];
      if (url === '') throw new Error(`--url must be zendesk=, dynamics= or entra= and an origin, not ${entry}.`);
      return [system, url];
    }),
  );
}

/** A container needs fixed ports. The order is that of the first line of output. */
function portsFrom(text: string): NonNullable<SandboxOptions['ports']> {
  const first = Number(text);
  if (!Number.isInteger(first) || first < 1 || first > 65_532)
    throw new Error(`--first-port must be a number from 1 to 65532, not ${text}. It is the first of four ports.`);
  return { zendesk: first, dynamics: first + 1, entra: first + 2, control: first + 3 };
}

/** The first line on stdout is JSON, so that any program can start a sandbox and read its addresses. */
async function run({ options, exitWithParent }: Command): Promise<void> {
  const parent = process.ppid;
  const sandbox = await startSandbox(options);
  console.log(JSON.stringify(sandbox));
  const stop = (): void => void sandbox.close().finally(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (!exitWithParent) return;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, PARENT_POLL_MS).unref();
}
