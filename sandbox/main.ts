import { parseArgs } from 'node:util';
import type { SandboxOptions } from './sandbox.ts';
import { startSandbox } from './sandbox.ts';

const USAGE = 'Usage: sandbox [--seed distributor|empty] [--clock-scale N] [--lean] [--exit-with-parent]';
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
      'exit-with-parent': { type: 'boolean', default: false },
    },
  });
  const { seed, lean, 'clock-scale': scale, 'exit-with-parent': exitWithParent } = values;
  if (seed !== 'distributor' && seed !== 'empty') throw new Error(`There is no seed named ${seed}.`);
  return { options: { seed, clockScale: Number(scale), keepBodies: !lean }, exitWithParent };
}

/** The first line on stdout is JSON, so that any program can start a sandbox and find it. */
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
