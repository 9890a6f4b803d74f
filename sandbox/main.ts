import { parseArgs } from 'node:util';
import type { SandboxOptions } from './sandbox.ts';
import { startSandbox } from './sandbox.ts';

const USAGE =
  'Usage: sandbox [--seed distributor|empty] [--clock-scale N] [--lean] [--host NAME] [--first-port N] [--exit-with-parent]';
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
  const options: SandboxOptions = { seed, host, clockScale: Number(scale), keepBodies: !lean };
  return { options: firstPort === undefined ? options : { ...options, ports: portsFrom(firstPort) }, exitWithParent };
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
