import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, processIdentity } from './process-identity.ts';

const LOG_ROTATES_AT_BYTES = 10_000_000;
const POLL_MS = 25;

/** An embedded server, which keeps running when its starter is killed. Its process is recognized by id and identity. */
export interface BackgroundProcess {
  readonly pid: number;
  /** See `processIdentity`. */
  readonly identity: string;
}

/** Options of `startBackground`. */
export interface BackgroundOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the process. It inherits no variables, so it gets no secrets. */
  readonly env: Readonly<Record<string, string>>;
  /** The file to which its output is appended. A file of more than 10 MB is renamed to `.1` first. */
  readonly logFile: string;
  readonly user?: { readonly uid: number; readonly gid: number };
}

/**
 * Starts a process in a session of its own, so that Ctrl-C in the terminal does not reach it before the other processes
 * have stopped. It keeps running when this process is killed. Throws when it cannot be started.
 */
export async function startBackground(options: BackgroundOptions): Promise<BackgroundProcess> {
  const output = openLog(options.logFile);
  try {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', output, output],
      ...options.user,
    });
    await once(child, 'spawn');
    child.on('error', () => undefined);
    child.unref();
    const pid = child.pid ?? 0;
    return { pid, identity: processIdentity(pid) ?? 'gone' };
  } finally {
    closeSync(output);
  }
}

/** Ends a process by one signal after another and waits after each. Returns whether it has ended. */
export async function endProcess(
  target: BackgroundProcess,
  steps: readonly { readonly signal: NodeJS.Signals; readonly waitMs: number }[],
): Promise<boolean> {
  for (const { signal, waitMs } of steps) {
    if (!isAlive(target.pid, target.identity)) return true;
    sendSignal(target.pid, signal);
    if (await isGoneWithin(target, waitMs)) return true;
  }
  return false;
}

/** Returns the last lines of a log file, for the message of a failed start. */
export function logTail(file: string, lines = 8): string {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-lines)
      .join('\n');
  } catch {
    return '';
  }
}

async function isGoneWithin(target: BackgroundProcess, waitMs: number): Promise<boolean> {
  const until = performance.now() + waitMs;
  while (isAlive(target.pid, target.identity)) {
    if (performance.now() > until) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_ROTATES_AT_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}
