import { parseArguments } from './arguments.ts';
import type { Command, CommandContext, Outcome } from './command.ts';
import { COMMANDS } from './commands.ts';
import { CommandError, UsageError } from './failures.ts';
import { printable } from './printable.ts';
import { describeCommand, describeCommands } from './usage.ts';

/** The result of a command line: its exit code and everything that it prints. */
export interface CommandLineResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line. It never throws: errors are part of the result, as JSON on stdout if `--json` is set. */
export async function runCommandLine(args: readonly string[], context: CommandContext): Promise<CommandLineResult> {
  const asJson = args.includes('--json');
  const { command, group, rest } = findCommand(args);
  const usage = command === undefined ? describeCommands(group) : describeCommand(command);
  try {
    if (command === undefined) return handleMissingCommand(args, rest, usage);
    const parsed = parseArguments(command, rest);
    if (parsed.help) return printHelp(usage, asJson);
    return printOutcome(await command.run(parsed, context), asJson);
  } catch (error) {
    return error instanceof UsageError
      ? printUsageError(error.message, usage, asJson)
      : printFailure(toCommandError(error), asJson);
  }
}

interface Found {
  readonly command: Command | undefined;
  /** The commands whose usage is shown if no command was found. */
  readonly group: readonly Command[];
  readonly rest: readonly string[];
}

function findCommand(args: readonly string[]): Found {
  const start = args.findIndex((arg) => !GLOBAL_FLAGS.includes(arg));
  const flags = start === -1 ? args : args.slice(0, start);
  const words = start === -1 ? [] : args.slice(start);
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const command = COMMANDS.find((candidate) => candidate.name === name);
    if (command !== undefined) return { command, group: [], rest: [...flags, ...words.slice(length)] };
  }
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${words[0] ?? ''} `));
  return { command: undefined, group: group.length > 0 ? group : COMMANDS, rest: words };
}

const GLOBAL_FLAGS = ['--json', '--help', '-h'];

function handleMissingCommand(args: readonly string[], words: readonly string[], usage: string): CommandLineResult {
  const asJson = args.includes('--json');
  const named = words.filter((word) => !GLOBAL_FLAGS.includes(word));
  const isKnownGroup = named.length <= 1 && COMMANDS.some(({ name }) => name.startsWith(`${named[0] ?? ''} `));
  const asksForHelp = args.includes('--help') || args.includes('-h');
  if (asksForHelp && (named.length === 0 || isKnownGroup)) return printHelp(usage, asJson);
  const message =
    named.length === 0 || isKnownGroup ? 'A command is missing.' : `"${named.join(' ')}" is not a command.`;
  return printUsageError(message, usage, asJson);
}

function printHelp(usage: string, asJson: boolean): CommandLineResult {
  return { exitCode: 0, stdout: asJson ? json({ usage }) : `${usage}\n`, stderr: '' };
}

function printOutcome(outcome: Outcome, asJson: boolean): CommandLineResult {
  const { exitCode = 0, hint } = outcome;
  if (asJson) return { exitCode, stdout: json(outcome.json), stderr: '' };
  return { exitCode, stdout: `${outcome.text}\n`, stderr: hint === undefined ? '' : `${hint}\n` };
}

function printUsageError(message: string, usage: string, asJson: boolean): CommandLineResult {
  const stdout = asJson ? json({ error: { code: 'usage', message } }) : '';
  return { exitCode: 2, stdout, stderr: `${message}\n\n${usage}\n` };
}

function printFailure(failure: CommandError, asJson: boolean): CommandLineResult {
  const { code, mistakes, runId, exitCode = 1 } = failure.details;
  if (asJson) {
    const extra = { ...(mistakes && { mistakes }), ...(runId !== undefined && { runId }) };
    return { exitCode, stdout: json({ error: { code, message: failure.message, ...extra } }), stderr: '' };
  }
  const lines = (mistakes ?? []).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  // The message of the API consists of the mistakes.
  const isListed = lines.length > 0 && lines.every((line) => failure.message.includes(line));
  const told = isListed ? lines : [failure.message, ...lines];
  return { exitCode, stdout: '', stderr: told.map((line) => `${printable(line)}\n`).join('') };
}

function toCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CommandError(`The command failed with an unexpected error: ${message}`, { code: 'unexpected' });
}

function json(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
