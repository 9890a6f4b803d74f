import { ConfigError } from '../config/config.ts';
import { DataDirectoryInUseError } from '../processes/data-lock.ts';
import { always, createLog } from '../log/log.ts';
import { onShutdown } from '../shutdown.ts';
import { loadSupervisorConfig, supervise } from './supervise.ts';
import type { ChildEntry, Supervised } from './supervise.ts';
import type { Backoff } from './supervised-child.ts';

/** Longer than the grace time of the children and the shutdown of the embedded servers together. */
const STOP_LIMIT_MS = 60_000;

/** Runs the supervisor (`npm start`) until a signal. Writes an error that ends it to stderr and exits with 1. */
export function runSupervisor(children: readonly ChildEntry[], backoff?: Backoff): void {
  run(children, backoff).catch((error: unknown) => {
    const expected = error instanceof ConfigError || error instanceof DataDirectoryInUseError;
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(expected ? `${text}\n` : `Ledgerdesk cannot start: ${text}\n`);
    process.exit(1);
  });
}

async function run(children: readonly ChildEntry[], backoff?: Backoff): Promise<void> {
  const config = loadSupervisorConfig(process.env);
  const logSetup = createLog({ level: config.logLevel, process: 'supervisor' });
  const { log } = logSetup;
  let exitCode = 0;
  const starting: Promise<Supervised> = supervise({
    env: process.env,
    config,
    children,
    ...(backoff ? { backoff } : {}),
    logSetup,
    onUnrecoverable: () => {
      log.error('a process cannot run with these settings, stopping; the last line of that process says why');
      exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    },
  });
  onShutdown(
    async () => {
      const running = await starting.catch(() => undefined);
      await running?.stop();
      always(log).info('stopped');
      if (exitCode !== 0) process.exit(exitCode);
    },
    { graceMs: STOP_LIMIT_MS, onStart: (reason) => always(log).info({ reason }, 'stopping') },
  );
  await starting;
}
