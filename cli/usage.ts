import type { Command } from './command.ts';

/** Returns the usage of one command. */
export function describeCommand(command: Command): string {
  const options = [
    ...Object.entries(command.options).map(([name, option]) => [optionUsage(name, option.value), option.about]),
    ['--json', 'print only one JSON document on stdout'],
    ['--help', 'show this help'],
  ];
  return [`Usage: ${synopsis(command)}`, '', command.summary, '', 'Options:', ...alignPairs(options)].join('\n');
}

/** Returns the usage of several commands: of all, or of a group such as `connection`. */
export function describeCommands(commands: readonly Command[]): string {
  return [
    'Usage: ledgerdesk COMMAND …',
    '',
    ...alignPairs(commands.map((command) => [synopsis(command).replace(/^ledgerdesk /, ''), command.summary])),
    '',
    'Every command accepts --json (one JSON document on stdout) and --help.',
    'Exit codes: 0 success, 1 failure, 2 invalid command line.',
    'Set the address of the API in LEDGERDESK_URL (default: http://127.0.0.1:8080). Set the token in',
    'LEDGERDESK_ADMIN_TOKEN or LEDGERDESK_ADMIN_TOKEN_FILE. By default, the token that `npm start` generated in',
    'LEDGERDESK_DATA_DIR (default: .ledgerdesk) is used.',
  ].join('\n');
}

function synopsis(command: Command): string {
  const options = Object.entries(command.options).map(([name, option]) => `[${optionUsage(name, option.value)}]`);
  const rest = command.rest === undefined ? [] : [`[${command.rest} …]`];
  const words = (command.words ?? []).map((word) => `[${word}]`);
  return ['ledgerdesk', command.name, ...command.positionals, ...options, ...words, ...rest].join(' ');
}

function optionUsage(name: string, value: string | undefined): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

const MAX_INLINE_WIDTH = 34;

function alignPairs(pairs: readonly (readonly string[])[]): string[] {
  const width = Math.max(...pairs.map(([left = '']) => left.length).filter((length) => length <= MAX_INLINE_WIDTH));
  return pairs.map(([left = '', right = '']) =>
    left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
  );
}
