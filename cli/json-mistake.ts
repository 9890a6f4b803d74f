/** Where a text stops being JSON. Says nothing of the text itself, which may hold secrets. */
export interface JsonMistake {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters as JavaScript counts them. */
  readonly column: number;
  /** What should stand there. */
  readonly expected: string;
}

/** Finds the first place where `text` is not JSON (RFC 8259); nothing if it is. Needed since V8 tells the place of some mistakes only. */
export function findJsonMistake(text: string): JsonMistake | undefined {
  const reader = createReader(text);
  try {
    readValue(reader);
    reader.skip(BLANK);
    if (!reader.atEnd()) reader.fail('the end of the document');
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const before = text.slice(0, error.offset).split(/\r\n|\n|\r/);
    return { line: before.length, column: (before.at(-1) ?? '').length + 1, expected: error.expected };
  }
}

class JsonError extends Error {
  readonly offset: number;
  readonly expected: string;

  constructor(offset: number, expected: string) {
    super(expected);
    this.offset = offset;
    this.expected = expected;
  }
}

const QUOTE = /"/y;
const BLANK = /[ \t\n\r]*/y;
const STRING_PART = /(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

interface Reader {
  atEnd(): boolean;
  /** Moves past what the pattern matches here; tells whether that was anything. */
  skip(pattern: RegExp): boolean;
  /** Moves past the character after any blanks, if it stands there. */
  take(character: string): boolean;
  /** Throws, with the place where the reader stands. */
  fail(expected: string): never;
}

function createReader(text: string): Reader {
  let offset = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = offset;
    const length = pattern.exec(text)?.[0].length ?? 0;
    offset += length;
    return length > 0;
  };
  return {
    atEnd: () => offset >= text.length,
    skip,
    take: (character) => {
      skip(BLANK);
      const stands = text[offset] === character;
      if (stands) offset += 1;
      return stands;
    },
    fail: (expected) => {
      throw new JsonError(offset, expected);
    },
  };
}

function readValue(reader: Reader): void {
  if (reader.take('{')) readMembers(reader, '}', () => readMember(reader));
  else if (reader.take('[')) readMembers(reader, ']', () => readValue(reader));
  else if (reader.take('"')) readString(reader);
  else if (!reader.skip(SCALAR)) reader.fail('a value');
}

function readMembers(reader: Reader, end: string, readOne: () => void): void {
  if (reader.take(end)) return;
  do readOne();
  while (reader.take(','));
  if (!reader.take(end)) reader.fail(`"," or "${end}"`);
}

function readMember(reader: Reader): void {
  if (!reader.take('"')) reader.fail('a member name in double quotes');
  readString(reader);
  if (!reader.take(':')) reader.fail('":"');
  readValue(reader);
}

function readString(reader: Reader): void {
  reader.skip(STRING_PART);
  if (!reader.skip(QUOTE)) reader.fail('the end of a string, on the same line, or a valid escape');
}
