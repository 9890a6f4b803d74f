import type { Api } from './api-client.ts';

/** An option of a command. */
export interface Option {
  /** What its value is called in the usage; a flag has none. */
  readonly value?: string;
  readonly about: string;
}

/** What was typed after a command's words. */
export interface ParsedArguments {
  readonly json: boolean;
  readonly help: boolean;
  /** An argument that the command declares as needed, by its name. */
  argument(name: string): string;
  /** The arguments after the needed ones. */
  readonly rest: readonly string[];
  /** The one of the command's words that was given, if any. */
  readonly word: string | undefined;
  text(option: string): string | undefined;
  flag(option: string): boolean;
  /** A whole number from 1. Throws `UsageError` for anything else. */
  count(option: string): number | undefined;
  /** A duration such as 15m, in milliseconds. Throws `UsageError` for anything else. */
  durationMs(option: string): number | undefined;
}

/** What a command gets besides its arguments. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The admin API. Opened when it is needed, so that a mistake in a file is told without any token. */
  readonly openApi: () => Promise<Api>;
  /** Where progress is shown: stderr. */
  readonly terminal: Terminal;
}

/** The part of a terminal's stream that progress needs. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** What a command did. */
export interface Outcome {
  /** The one document that `--json` prints. */
  readonly json: unknown;
  /** The same for people, without a line break at its end. */
  readonly text: string;
  /** What people are told besides, on stderr: a script that takes the text needs none of it. */
  readonly hint?: string;
  /** 0 unless told. */
  readonly exitCode?: number;
}

/** One command of the command line, alone in its file under `commands/`. */
export interface Command {
  /** Its words, as they are typed: `connection apply`. */
  readonly name: string;
  readonly summary: string;
  /** Names of the arguments that must be given, in their order. */
  readonly positionals: readonly string[];
  /** Name of further arguments, any number of them. */
  readonly rest?: string;
  /** Words of which one may follow the needed arguments. */
  readonly words?: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  run(parsed: ParsedArguments, context: CommandContext): Promise<Outcome>;
}
