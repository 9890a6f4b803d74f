import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { processCommand } from '../../../runtime/processes/process-identity.ts';

/** A script that runs as a process. */
export interface Started {
  readonly process: ChildProcess;
  /** Every line of stdout so far. */
  readonly lines: readonly string[];
  /** Everything written to stderr so far. */
  readonly said: () => string;
  /** Resolves with the first line, past or future, that has the text. Rejects when the process ends without it. */
  readonly line: (text: string) => Promise<string>;
  readonly exited: Promise<number | null>;
}

/** How a script is started. */
export interface StartOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Starts it from a shell that waits for it, as npm does: the process is then the shell. */
  readonly shell?: boolean;
}

/** Starts a TypeScript file with exactly these variables besides PATH and HOME. */
export function startScript(script: URL, options: StartOptions): Started {
  const { PATH, HOME } = process.env;
  const command = [process.execPath, '--import', 'tsx', fileURLToPath(script), ...(options.args ?? [])];
  const [program = '', ...args] = options.shell ? ['/bin/sh', '-c', '"$@"; exit $?', 'sh', ...command] : command;
  const child = spawn(program, args, { env: { PATH, HOME, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let said = '';
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => lines.push(line));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const line = async (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find((candidate) => candidate.includes(text));
        if (found !== undefined) resolve(found);
      };
      output.on('line', look);
      output.once('close', () => reject(new Error(`ended without "${text}":\n${lines.join('\n')}\n${said}`)));
      look();
    });
  return { process: child, lines, said: () => said, line, exited };
}

/** Kills without giving the process a chance to clean up. */
export async function killHard(started: Started): Promise<void> {
  started.process.kill('SIGKILL');
  await started.exited;
}

/** Kills what a failed test left running: every process whose command line names something below the folder. */
export function killLeftovers(folder: string): void {
  const pids = execFileSync('ps', ['-eo', 'pid='], { encoding: 'utf8' }).split('\n').map(Number);
  const left = pids.filter((pid) => pid > 0 && pid !== process.pid && processCommand(pid).includes(folder));
  for (const pid of left) process.kill(pid, 'SIGKILL');
}
