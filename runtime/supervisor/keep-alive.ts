import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log/log.ts';

/** A server of ours that can be looked at and stopped. */
export interface Stoppable {
  isAlive(): boolean;
  stop(): Promise<void>;
}

/** What is kept alive. */
export interface KeepAliveOptions<Server extends Stoppable> {
  /** As the log names it. */
  readonly name: string;
  readonly start: () => Promise<Server>;
  readonly log: Log;
  /** By default 1,000 milliseconds. */
  readonly checkEveryMs?: number;
}

/** A server that is started again whenever its process is found gone. */
export interface KeptAlive<Server extends Stoppable> {
  /** As first started. A later start has the same address, since ports are kept. */
  readonly server: Server;
  readonly stop: () => Promise<void>;
}

/** Starts a server and keeps it running until `stop`. A first start that fails is the caller's to hear; later ones are tried again. */
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
      log.error({ server: name }, 'an embedded server is gone: starting it again');
      current = await options.start().catch((err: unknown) => {
        log.error({ server: name, err }, 'it could not be started again');
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
