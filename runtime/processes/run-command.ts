import { execFile } from 'node:child_process';
import type { Env } from '../config/config.ts';

/** Options of `runCommand`. */
export interface CommandOptions {
  /** Milliseconds after which the command is killed. */
  readonly limitMs: number;
  readonly env?: Env;
}

/** Runs a short command without a shell. Returns its stdout. Throws an Error with the last line of its stderr. */
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
