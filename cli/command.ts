import type { Api } from './api-client.ts';

/** An option of a command. */
export interface Option {
  /** The name of its value in the usage. A flag has none. */
  readonly value?: string;
  readonly about: string;
  /** True if it may be given several times. */
  readonly repeated?: boolean;
}

/** The parsed arguments of a command. */
export interface ParsedArguments {
  readonly json: boolean;
  readonly help: boolean;
  /** Returns a required argument by its name. */
  argument(name: string): string;
  /** The arguments after the required ones. */
  readonly rest: readonly string[];
  /** The word of the command that was given, if any. */
  readonly word: string | undefined;
  text(option: string): string | undefined;
  /** Returns all values of an option that may be given several times. */
  texts(option: string): readonly string[];
  flag(option: string): boolean;
  /** Returns a whole number of at least 1. Throws `UsageError` for any other value. */
  count(option: string): number | undefined;
  /** Returns a duration such as 15m in milliseconds. Throws `UsageError` for any other value. */
  durationMs(option: string): number | undefined;
}

/** The environment of a command. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Opens the admin API. Called only when needed, so that an error in a file is reported even without a token. */
  readonly openApi: () => Promise<Api>;
  /** The stream for progress: stderr. */
  readonly terminal: Terminal;
}

/** The part of a terminal stream that the progress line needs. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The result of a command. */
export interface Outcome {
  /** The document that `--json` prints. */
  readonly json: unknown;
  /** The same as text, without a trailing line break. */
  readonly text: string;
  /** Further information, printed on stderr so that scripts can use stdout as it is. */
  readonly hint?: string;
  /** Default: 0. */
  readonly exitCode?: number;
}

/** A command of the command line. Each is in its own file under `commands/`. */
export interface Command {
  /** The words that you type: `connection apply`. */
  readonly name: string;
  readonly summary: string;
  /** Names of the required arguments, in order. */
  readonly positionals: readonly string[];
  /** Name of optional further arguments, of which there may be any number. */
  readonly rest?: string;
  /** Words of which one may follow the required arguments. */
  readonly words?: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  run(parsed: ParsedArguments, context: CommandContext): Promise<Outcome>;
}
