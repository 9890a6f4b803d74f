import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log/log.ts';
import { EXIT_UNRECOVERABLE } from '../shutdown.ts';

/** How long a crashed child is left down: doubling from the first wait to the longest, back to the first after a good run. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** A run that lasted this long was good. */
  readonly goodRunMs: number;
}

/** One process of ours. */
export interface ChildOptions {
  readonly name: string;
  /** Path of its entry: TypeScript is run through tsx, JavaScript as it is. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly backoff: Backoff;
  /** Each line it writes, with where. */
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** It ended with the code that says that a restart cannot help. */
  readonly onHopeless: () => void;
}

/** A process that is started again when it ends by itself. */
export interface SupervisedChild {
  /** Asks it to end, and kills it after the grace. */
  stop(graceMs: number): Promise<void>;
}

/** Starts a child and keeps it running until `stop`. Its IPC channel closes when we die, which tells it to end too. */
export function superviseChild(options: ChildOptions): SupervisedChild {
  const { name, log, backoff } = options;
  let child: ChildProcess;
  let ended: Promise<Ending>;
  let restart: NodeJS.Timeout | undefined;
  let stopping = false;
  let delayMs = backoff.firstMs;

  const start = (): void => {
    const startedAt = performance.now();
    child = launch(options);
    ended = endOf(child);
    void ended.then((how) => {
      if (stopping) return;
      if (how.code === EXIT_UNRECOVERABLE) {
        options.onHopeless();
        return;
      }
      if (performance.now() - startedAt >= backoff.goodRunMs) delayMs = backoff.firstMs;
      log.warn({ child: name, ...how, restartInMs: delayMs }, 'a process ended by itself: starting it again');
      restart = setTimeout(start, delayMs);
      delayMs = Math.min(delayMs * 2, backoff.longestMs);
    });
  };
  start();
  return {
    stop: async (graceMs) => {
      stopping = true;
      clearTimeout(restart);
      child.kill('SIGTERM');
      if (await settlesWithin(ended, graceMs)) return;
      log.warn({ child: name, graceMs }, 'a process did not end in time: killing it');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function launch({ file, env, onLine }: ChildOptions): ChildProcess {
  // Resolved from here: a bare name would be looked for in whatever directory the supervisor was started in.
  const loader = file.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [];
  const child = spawn(process.execPath, [...loader, file], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  readLines(child.stdout, (line) => onLine(line, 'stdout'));
  readLines(child.stderr, (line) => onLine(line, 'stderr'));
  return child;
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
}

/** A child that could not even be started counts as ended. */
async function endOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.on('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
  });
}

async function settlesWithin(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(limitMs, false, { signal: timer.signal }).catch(() => false);
  const settled = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return settled;
}
