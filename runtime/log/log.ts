import { pino } from 'pino';
import type { Logger } from 'pino';
import type { LogLevel } from '../config/fields.ts';
import { describeError, fitToLog } from './log-fields.ts';
import { formatLogLine } from './log-line.ts';

/** The log that everything is handed: `log.info({fields}, 'message')`. */
export type Log = Logger;

/** What a log is made of. */
export interface LogOptions {
  readonly level: LogLevel;
  /** Short lines for people instead of JSON; by default exactly when stdout is a terminal. */
  readonly pretty?: boolean;
  /** Which process speaks, e.g. `api`. */
  readonly process?: string;
  /** Values that must not appear in any line. */
  readonly secrets?: readonly string[];
  /** Where finished lines go, line end included; by default stdout. */
  readonly write?: (line: string) => void;
}

/** A log and the means to teach it secrets that are learnt later. */
export interface LogSetup {
  readonly log: Log;
  /** Replaces the value by `[redacted]` in every later line. Values under 6 characters are left: they would hit plain words. */
  readonly protect: (value: string) => void;
  /** Writes a finished JSON line, e.g. one that a child process wrote, by the same rules. */
  readonly pass: (line: string) => void;
}

/**
 * Creates the log of a process. What it is given is made fit to be written first (log-fields.ts). Lines are written at once,
 * so none is lost at exit.
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
      formatters: { level: (label) => ({ level: label }), log: fitToLog },
      // The fields are fit already, and pino's own serializer of errors would look into them once more.
      serializers: { err: (told: unknown) => told },
      hooks: {
        logMethod(call, method) {
          const [first, ...words] = call as readonly unknown[];
          // Of an error that is logged alone, pino takes the words as they are.
          const fit =
            first instanceof Error && words.length === 0 ? [{ err: first }, describeError(first).message] : call;
          method.apply(this, fit as typeof call);
        },
      },
    },
    { write: (line: string) => pass(line.trimEnd()) },
  );
  return { log, protect, pass };
}

/** The same log for the few lines that scripts wait for: it writes `info` at whatever level the log has. */
export function always(log: Log): Log {
  return log.isLevelEnabled('info') ? log : log.child({}, { level: 'info' });
}

/** A reader of our output that goes away (a closed pipe) must not take the process with it. */
function writeToStdout(): (line: string) => void {
  if (!process.stdout.listeners('error').includes(ignore)) process.stdout.on('error', ignore);
  return (line) => void process.stdout.write(line);
}

function ignore(): void {
  return;
}
