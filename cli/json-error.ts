import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';

/** The location of a syntax error in JSON. It does not contain any of the text, which may hold secrets. */
export interface JsonErrorLocation {
  /** Starts at 1. */
  readonly line: number;
  /** Starts at 1, in UTF-16 code units. */
  readonly column: number;
  /** The expected element. */
  readonly expected: string;
}

const STRING = 'a string that ends on the same line and has only valid escapes';

/** The expected element, by the error code of the parser. */
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

/**
 * Returns the location of the first syntax error (RFC 8259), or undefined. V8 reports the location of some errors only.
 */
export function findJsonError(text: string): JsonErrorLocation | undefined {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const [first] = errors;
  if (first === undefined) return undefined;
  const before = text.slice(0, first.offset).split(/\r\n|\n|\r/);
  const expected = EXPECTED[printParseErrorCode(first.error)] ?? 'a value';
  return { line: before.length, column: (before.at(-1) ?? '').length + 1, expected };
}
