import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, processIdentity } from './process-identity.ts';

const LOG_ROTATES_AT_BYTES = 10_000_000;
const POLL_MS = 25;

/** A server of ours that outlives its starter: found again by number and identity. */
export interface BackgroundProcess {
  readonly pid: number;
  /** See `processIdentity`. */
  readonly identity: string;
}

/** How to start one. */
export interface BackgroundOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the process: nothing of ours is inherited, so no secret is either. */
  readonly env: Readonly<Record<string, string>>;
  /** Its output is appended here; a file of more than 10 MB is set aside as `.1` first. */
  readonly logFile: string;
  readonly user?: { readonly uid: number; readonly gid: number };
}

/**
 * Starts a process in a session of its own, so that Ctrl-C in the terminal reaches us and not the server that we stop
 * last. It keeps running when we are killed. Throws when it cannot be started.
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

/** Asks a process to end by one signal after another, waiting in between; gives whether it is gone. */
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

/** The last lines of a log file, for the message of a start that failed. */
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
