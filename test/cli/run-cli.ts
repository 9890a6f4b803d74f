import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a command printed and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface RunningCommand {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** The token that tests give the command, unless they give variables of their own. */
export const TOKEN = 'token-of-the-tests';

const bin = fileURLToPath(new URL('../../cli/ledgerdesk.mjs', import.meta.url));

/** Starts the real program in an empty directory, with exactly these variables besides PATH. */
export function startCli(args: readonly string[], env: Readonly<Record<string, string>>): RunningCommand {
  const cwd = mkdtempSync(join(tmpdir(), 'ledgerdesk-cli-'));
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const ended = once(child, 'close').then(([code]) => {
    rmSync(cwd, { recursive: true, force: true });
    return { code: code as number | null, ...said };
  });
  return { process: child, ended };
}

/** Runs the real program to its end. */
export async function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return startCli(args, env).ended;
}

/** Runs the real program against an API at `origin`. */
export async function runCliAt(origin: string, args: readonly string[]): Promise<Ended> {
  return runCli(args, { LEDGERDESK_URL: origin, LEDGERDESK_ADMIN_TOKEN: TOKEN });
}
