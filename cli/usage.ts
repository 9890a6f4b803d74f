import type { Command } from './command.ts';

/** The usage of one command. */
export function describeCommand(command: Command): string {
  const options = [
    ...Object.entries(command.options).map(([name, option]) => [optionUsage(name, option.value), option.about]),
    ['--json', 'print one JSON document on stdout, nothing else'],
    ['--help', 'show this'],
  ];
  return [`Usage: ${synopsis(command)}`, '', command.summary, '', 'Options:', ...alignPairs(options)].join('\n');
}

/** The usage of several commands: of all, or of a group such as `connection`. */
export function describeCommands(commands: readonly Command[]): string {
  return [
    'Usage: ledgerdesk COMMAND …',
    '',
    ...alignPairs(commands.map((command) => [synopsis(command).replace(/^ledgerdesk /, ''), command.summary])),
    '',
    'Every command takes --json (one JSON document on stdout) and --help.',
    'Exit codes: 0 done, 1 failed, 2 usage.',
    'The API is found at LEDGERDESK_URL (http://127.0.0.1:8080); the token is LEDGERDESK_ADMIN_TOKEN, or in the file that',
    'LEDGERDESK_ADMIN_TOKEN_FILE names, or the generated one in LEDGERDESK_DATA_DIR (.ledgerdesk).',
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

const LONGEST_INLINE = 34;

function alignPairs(pairs: readonly (readonly string[])[]): string[] {
  const width = Math.max(...pairs.map(([left = '']) => left.length).filter((length) => length <= LONGEST_INLINE));
  return pairs.map(([left = '', right = '']) =>
    left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
  );
}
