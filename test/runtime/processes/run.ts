import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { processCommand } from '../../../runtime/processes/process-identity.ts';

/** A running process of a script. */
export interface Started {
  readonly process: ChildProcess;
  /** All lines of stdout so far. */
  readonly lines: readonly string[];
  /** Returns the output to stderr so far. */
  readonly errors: () => string;
  /**
   * Resolves with the first past or future line of stdout that contains the text. Rejects if the process ends without
   * it.
   */
  readonly line: (text: string) => Promise<string>;
  readonly exited: Promise<number | null>;
}

/** Options for the start of a script. */
export interface StartOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Starts the script from a shell that waits for it, as npm does. `process` is then the shell. */
  readonly shell?: boolean;
}

/** Starts a TypeScript file. Its environment variables are PATH, HOME and those given. */
export function startScript(script: URL, options: StartOptions): Started {
  const { PATH, HOME } = process.env;
  const command = [process.execPath, '--import', 'tsx', fileURLToPath(script), ...(options.args ?? [])];
  const [program = '', ...args] = options.shell ? ['/bin/sh', '-c', '"$@"; exit $?', 'sh', ...command] : command;
  const child = spawn(program, args, { env: { PATH, HOME, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let errors = '';
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => lines.push(line));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const line = async (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const found = lines.find((candidate) => candidate.includes(text));
        if (found !== undefined) resolve(found);
      };
      output.on('line', check);
      output.once('close', () =>
        reject(new Error(`The process ended without the output "${text}":\n${lines.join('\n')}\n${errors}`)),
      );
      check();
    });
  return { process: child, lines, errors: () => errors, line, exited };
}

/** Kills a process with SIGKILL, so that it cannot clean up. */
export async function killHard(started: Started): Promise<void> {
  started.process.kill('SIGKILL');
  await started.exited;
}

/**
 * Kills the remaining processes of a failed test, which are those whose command line contains the path of the folder.
 */
export function killLeftovers(folder: string): void {
  const pids = execFileSync('ps', ['-eo', 'pid='], { encoding: 'utf8' }).split('\n').map(Number);
  const left = pids.filter((pid) => pid > 0 && pid !== process.pid && processCommand(pid).includes(folder));
  for (const pid of left) process.kill(pid, 'SIGKILL');
}
