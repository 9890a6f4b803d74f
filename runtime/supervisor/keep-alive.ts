import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log/log.ts';

/** An embedded server that can be checked and stopped. */
export interface Stoppable {
  /** Returns whether the process of the server is running. */
  isAlive(): boolean;
  /** Stops the server. */
  stop(): Promise<void>;
}

/** Options of `keepAlive`. */
export interface KeepAliveOptions<Server extends Stoppable> {
  /** The name of the server in the log. */
  readonly name: string;
  readonly start: () => Promise<Server>;
  readonly log: Log;
  /** The interval between checks in milliseconds, by default 1,000. */
  readonly checkEveryMs?: number;
}

/** A server that is restarted when its process has ended. */
export interface KeptAlive<Server extends Stoppable> {
  /** The first start of the server. Later starts have the same address, because ports are stored. */
  readonly server: Server;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a server and restarts it when it ends, until `stop`. Throws the error of the first start; later starts are
 * retried.
 */
export async function keepAlive<Server extends Stoppable>(
  options: KeepAliveOptions<Server>,
): Promise<KeptAlive<Server>> {
  const { name, log, checkEveryMs = 1_000 } = options;
  const first = await options.start();
  let current = first;
  const ending = new AbortController();

  const watch = async (): Promise<void> => {
    while (await pause(checkEveryMs, ending.signal)) {
      if (current.isAlive()) continue;
      log.error({ server: name }, 'an embedded server has ended, restarting it');
      current = await options.start().catch((err: unknown) => {
        log.error({ server: name, err }, 'an embedded server could not be restarted');
        return current;
      });
    }
  };
  const watching = watch();
  return {
    server: first,
    stop: async () => {
      ending.abort();
      await watching;
      await current.stop();
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}
