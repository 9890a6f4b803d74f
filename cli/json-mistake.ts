import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';

/** Where a text stops being JSON. It says nothing of the text itself, which may hold secrets. */
export interface JsonMistake {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters as JavaScript counts them. */
  readonly column: number;
  /** What should stand there. */
  readonly expected: string;
}

const STRING = 'a string that ends on its line and has valid escapes only';

/** What should stand there, by the parser's code. */
const EXPECTED: Readonly<Record<string, string>> = {
  PropertyNameExpected: 'a member name in double quotes',
  ColonExpected: 'a colon',
  CommaExpected: 'a comma',
  CloseBraceExpected: 'a closing brace',
  CloseBracketExpected: 'a closing bracket',
  EndOfFileExpected: 'the end of the document',
  InvalidCommentToken: 'no comment',
  InvalidSymbol: 'a value, or a name in double quotes',
  UnexpectedEndOfString: STRING,
  InvalidEscapeCharacter: STRING,
  InvalidUnicode: STRING,
  InvalidCharacter: STRING,
};

/** Finds the first place where a text is not JSON (RFC 8259); undefined when it is. V8 gives the place of some mistakes only. */
export function findJsonMistake(text: string): JsonMistake | undefined {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const [first] = errors;
  if (first === undefined) return undefined;
  const before = text.slice(0, first.offset).split(/\r\n|\n|\r/);
  const expected = EXPECTED[printParseErrorCode(first.error)] ?? 'a value';
  return { line: before.length, column: (before.at(-1) ?? '').length + 1, expected };
}
