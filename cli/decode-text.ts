/** Bytes are not text. The message completes the sentence "The file …" and contains none of the bytes before the place. */
export class InvalidTextError extends Error {
  override readonly name = 'InvalidTextError';
}

const MARKS = [
  { encoding: 'utf-16le', mark: [0xff, 0xfe] },
  { encoding: 'utf-16be', mark: [0xfe, 0xff] },
] as const;

/**
 * Decodes bytes as UTF-8, or as UTF-16 if they begin with its byte order mark, and removes the mark. Throws an
 * InvalidTextError with the place of the first byte that is not text: a replacement character would be stored as if
 * somebody had typed it.
 */
export function decodeText(bytes: Uint8Array): string {
  const marked = MARKS.find(({ mark }) => mark.every((byte, at) => bytes[at] === byte));
  const text = decode(bytes, marked?.encoding ?? 'utf-8');
  if (text === undefined) throw new InvalidTextError(marked === undefined ? describePlace(bytes) : NOT_UTF_16);
  if (!text.includes('\0')) return text;
  throw new InvalidTextError(`contains a NUL character at ${placeAfter(text.slice(0, text.indexOf('\0')))}`);
}

const NOT_UTF_16 = 'begins with the byte order mark of UTF-16, but is not valid UTF-16';

function decode(bytes: Uint8Array, encoding: string, isWhole = true): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: !isWhole });
  } catch {
    return undefined;
  }
}

function describePlace(bytes: Uint8Array): string {
  const before = longestText(bytes);
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const offset = Buffer.byteLength(before) + (hasMark ? 3 : 0);
  const byte = (bytes[offset] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  return `is not valid UTF-8 at ${placeAfter(before)} (byte 0x${byte} at offset ${offset})`;
}

/** Returns the text before the first invalid byte, by halving the distance to it. */
function longestText(bytes: Uint8Array): string {
  let [valid, invalid] = [0, bytes.length + 1];
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2);
    if (decode(bytes.subarray(0, middle), 'utf-8', false) === undefined) invalid = middle;
    else valid = middle;
  }
  return decode(bytes.subarray(0, valid), 'utf-8', false) ?? '';
}

function placeAfter(before: string): string {
  const lines = before.split(/\r\n|\n|\r/);
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}
