import { parseArgs } from 'node:util';
import type { Command, ParsedArguments } from './command.ts';
import { UsageMistake } from './failures.ts';

/** Reads the arguments of a command. Throws `UsageMistake` for an unknown option and for an argument too few or too many. */
export function parseArguments(command: Command, args: readonly string[]): ParsedArguments {
  const { values, positionals } = parseStrictly(command, args);
  const parsed = {
    json: values['json'] === true,
    help: values['help'] === true,
    argument: (name: string) => positionals[command.positionals.indexOf(name)] ?? '',
    rest: positionals.slice(command.positionals.length),
    text: (option: string) => textOf(values, option),
    flag: (option: string) => values[option] === true,
    count: (option: string) => countOf(textOf(values, option), option),
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
    ([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const,
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
    if (code.startsWith('ERR_PARSE_ARGS')) throw new UsageMistake((error as Error).message);
    throw error;
  }
}

function checkPositionals(command: Command, given: readonly string[]): void {
  command.positionals.forEach((name, index) => {
    if (given[index] === undefined || given[index] === '') throw new UsageMistake(`${name} is missing.`);
  });
  const extra = given[command.positionals.length];
  if (extra !== undefined && command.rest === undefined) throw new UsageMistake(`"${extra}" is one argument too many.`);
}

function textOf(values: Values, option: string): string | undefined {
  const value = values[option];
  if (value === '') throw new UsageMistake(`--${option} needs a value.`);
  return typeof value === 'string' ? value : undefined;
}

function countOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageMistake(`--${option} must be a whole number from 1.`);
  return Number(text);
}
