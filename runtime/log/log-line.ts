const HIDDEN = new Set(['level', 'time', 'msg', 'process', 'err']);

interface LogLine {
  readonly level?: string;
  readonly time?: string;
  readonly msg?: string;
  readonly process?: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
}

/** Parses a line of the log. Returns undefined for other output, such as a stack trace. */
export function parseLogLine(line: string): (LogLine & Readonly<Record<string, unknown>>) | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as LogLine & Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/**
 * Formats a JSON line of the log as a short line for people: time, level unless `info`, process, message, and the other
 * members as `key=value`. Returns any other line unchanged.
 */
export function formatLogLine(line: string): string {
  const entry = parseLogLine(line);
  if (!entry) return line;
  const rest = Object.entries(entry).filter(([key]) => !HIDDEN.has(key));
  const parts = [
    entry.time?.slice(11, 19),
    entry.level === 'info' ? undefined : entry.level?.toUpperCase(),
    entry.process && `${entry.process}:`,
    entry.msg,
    ...rest.map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
    entry.err && `(${entry.err.message ?? 'no message'})`,
  ];
  const stack = entry.err?.stack ? `\n${entry.err.stack}` : '';
  return parts.filter((part) => part !== undefined && part !== '').join(' ') + stack;
}
