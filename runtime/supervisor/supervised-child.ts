import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log/log.ts';
import { EXIT_UNRECOVERABLE } from '../shutdown.ts';

/** The waits before restarts of a child. They double from `firstMs` to `longestMs`, and a good run resets them. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** The duration of a run from which on it counts as good. */
  readonly goodRunMs: number;
}

/** Options of `superviseChild`. */
export interface ChildOptions {
  readonly name: string;
  /** The path of its entry. TypeScript is run with tsx. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly backoff: Backoff;
  /** Called with each line that it writes. */
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Called when it exits with EXIT_UNRECOVERABLE. It is not restarted then. */
  readonly onUnrecoverable: () => void;
}

/** A process that is restarted when it ends. */
export interface SupervisedChild {
  /** Ends the process with SIGTERM, and with SIGKILL after the grace time. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts a child and restarts it when it ends, until `stop`. If this process is killed, the closed IPC channel ends the
 * child.
 */
export function superviseChild(options: ChildOptions): SupervisedChild {
  const { name, log, backoff } = options;
  let child: ChildProcess;
  let ended: Promise<Exit>;
  let restart: NodeJS.Timeout | undefined;
  let stopping = false;
  let delayMs = backoff.firstMs;

  const start = (): void => {
    const startedAt = performance.now();
    child = launch(options);
    ended = exitOf(child);
    void ended.then((exit) => {
      if (stopping) return;
      if (exit.code === EXIT_UNRECOVERABLE) {
        options.onUnrecoverable();
        return;
      }
      if (performance.now() - startedAt >= backoff.goodRunMs) delayMs = backoff.firstMs;
      log.warn({ child: name, ...exit, restartInMs: delayMs }, 'a process has ended unexpectedly, restarting it');
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
      if (await resolvesWithin(ended, graceMs)) return;
      log.warn({ child: name, graceMs }, 'a process did not end in time, killing it');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function launch({ file, env, onLine }: ChildOptions): ChildProcess {
  // A bare name would be resolved in the working directory of the supervisor.
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

/** Returns how a child ends. A child that could not be started counts as ended. */
async function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.on('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
  });
}

async function resolvesWithin(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  const timer = new AbortController();
  const timeout = sleep(limitMs, false, { signal: timer.signal }).catch(() => false);
  const isInTime = await Promise.race([promise.then(() => true), timeout]);
  timer.abort();
  return isInTime;
}
