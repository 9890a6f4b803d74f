import { pino } from 'pino';
import type { Logger } from 'pino';
import type { LogLevel } from '../config/fields.ts';
import { describeError, redactFields } from './log-fields.ts';
import { formatLogLine } from './log-line.ts';

/** The log of a process: `log.info({fields}, 'message')`. */
export type Log = Logger;

/** Options of `createLog`. */
export interface LogOptions {
  readonly level: LogLevel;
  /** Short lines for people instead of JSON; by default true if stdout is a terminal. */
  readonly pretty?: boolean;
  /** The name of the process, e.g. `api`. */
  readonly process?: string;
  /** Values that must not appear in any line. */
  readonly secrets?: readonly string[];
  /** Receives each finished line, including its line end; by default it is written to stdout. */
  readonly write?: (line: string) => void;
}

/** A log with functions to add secrets and to write lines of other processes. */
export interface LogSetup {
  readonly log: Log;
  /**
   * Replaces the value by `[redacted]` in all later lines. Ignores values under 6 characters, which occur in plain
   * words.
   */
  readonly protect: (value: string) => void;
  /** Writes a finished JSON line, for example one of a child process, by the same rules. */
  readonly pass: (line: string) => void;
}

/**
 * Creates the log of a process. Fields are redacted first (`log-fields.ts`). Lines are written at once, so none is lost
 * at exit.
 */
export function createLog(options: LogOptions): LogSetup {
  const write = options.write ?? writeToStdout();
  const pretty = options.pretty ?? process.stdout.isTTY;
  const hidden = new Set<string>();
  const protect = (value: string): void => {
    if (value.length < 6) return;
    for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]) hidden.add(form);
  };
  const scrub = (line: string): string =>
    [...hidden].reduce((text, value) => text.replaceAll(value, '[redacted]'), line);
  const pass = (line: string): void => write(`${pretty ? formatLogLine(scrub(line)) : scrub(line)}\n`);

  options.secrets?.forEach(protect);
  const log = pino(
    {
      level: options.level,
      base: options.process === undefined ? null : { process: options.process },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      // The fields are already redacted, so pino's own serializer of errors must not process them again.
      serializers: { err: (redacted: unknown) => redacted },
      hooks: {
        logMethod(call, method) {
          const [first, ...others] = call as readonly unknown[];
          // Pino uses the message of an error that is logged alone without redacting it.
          const redacted =
            first instanceof Error && others.length === 0 ? [{ err: first }, describeError(first).message] : call;
          method.apply(this, redacted as typeof call);
        },
      },
    },
    { write: (line: string) => pass(line.trimEnd()) },
  );
  return { log, protect, pass };
}

/** Returns the log with `info` enabled, whatever its level, for the few lines that scripts wait for. */
export function always(log: Log): Log {
  return log.isLevelEnabled('info') ? log : log.child({}, { level: 'info' });
}

/** Writes to stdout. A closed pipe must not end the process. */
function writeToStdout(): (line: string) => void {
  if (!process.stdout.listeners('error').includes(ignore)) process.stdout.on('error', ignore);
  return (line) => void process.stdout.write(line);
}

function ignore(): void {
  return;
}
