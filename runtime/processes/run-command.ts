import { execFile } from 'node:child_process';
import type { Env } from '../config/config.ts';

/** How a short command is run. */
export interface CommandOptions {
  /** After this many milliseconds it is killed. */
  readonly limitMs: number;
  readonly env?: Env;
}

/** Runs a short command without a shell; gives its stdout, or throws an Error that has the last line of its stderr. */
export async function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: options.limitMs, maxBuffer: 4_000_000, env: { ...(options.env ?? process.env) } };
    const child = execFile(command, [...args], limits, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else reject(new Error(`${command}: ${lastLine(stderr) ?? error.message}`));
    });
    child.stdin?.end();
  });
}

function lastLine(text: string): string | undefined {
  return text.split('\n').findLast((line) => line.trim() !== '');
}
