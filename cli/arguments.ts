import { parseArgs } from 'node:util';
import type { Command, ParsedArguments } from './command.ts';
import { UsageError } from './failures.ts';
import { readInterval } from './times.ts';

/** Parses the arguments of a command. Throws `UsageError` for an unknown option, and for missing or extra arguments. */
export function parseArguments(command: Command, args: readonly string[]): ParsedArguments {
  const { values, positionals } = parseStrictly(command, args);
  const parsed = {
    json: values['json'] === true,
    help: values['help'] === true,
    argument: (name: string) => positionals[command.positionals.indexOf(name)] ?? '',
    rest: positionals.slice(command.positionals.length),
    word: command.words === undefined ? undefined : positionals[command.positionals.length],
    text: (option: string) => textOf(values, option),
    texts: (option: string) => textsOf(values, option),
    flag: (option: string) => values[option] === true,
    count: (option: string) => countOf(textOf(values, option), option),
    durationMs: (option: string) => durationOf(textOf(values, option), option),
  };
  if (!parsed.help) checkPositionals(command, positionals);
  return parsed;
}

type Values = Readonly<Record<string, unknown>>;

function parseStrictly(
  command: Command,
  args: readonly string[],
): { readonly values: Values; readonly positionals: readonly string[] } {
  const own = Object.entries(command.options).map(
    ([name, { value, repeated = false }]) =>
      [name, { type: value === undefined ? 'boolean' : 'string', multiple: repeated }] as const,
  );
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...Object.fromEntries(own),
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('ERR_PARSE_ARGS')) throw new UsageError((error as Error).message);
    throw error;
  }
}

function checkPositionals(command: Command, given: readonly string[]): void {
  command.positionals.forEach((name, index) => {
    if (given[index] === undefined || given[index] === '') throw new UsageError(`${name} is missing.`);
  });
  const [first, second] = given.slice(command.positionals.length);
  const extra = command.words === undefined ? first : second;
  if (extra !== undefined && command.rest === undefined) throw new UsageError(`Unexpected argument "${extra}".`);
  if (first !== undefined && command.words?.includes(first) === false)
    throw new UsageError(`"${first}" is not valid here. Use one of: ${command.words.join(', ')}.`);
}

function textOf(values: Values, option: string): string | undefined {
  const value = values[option];
  if (value === '') throw new UsageError(`--${option} needs a value.`);
  return typeof value === 'string' ? value : undefined;
}

function textsOf(values: Values, option: string): readonly string[] {
  const given = (values[option] ?? []) as readonly string[];
  if (given.includes('')) throw new UsageError(`--${option} needs a value.`);
  return given;
}

function countOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--${option} must be a whole number, at least 1.`);
  return Number(text);
}

function durationOf(text: string | undefined, option: string): number | undefined {
  const durationMs = text === undefined ? undefined : readInterval(text);
  if (text === undefined || durationMs !== undefined) return durationMs;
  throw new UsageError(`--${option} must be a whole number followed by s, m, h or d, from 1m to 7d.`);
}
