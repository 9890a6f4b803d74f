import { describe, expect, it } from '@jest/globals';
import * as cli from '../../../cli/decode-text.ts';
import * as server from '../../../runtime/config/decode-text.ts';
import { createRandom } from '../../fixtures/random-choices.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_201);
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

// The command line imports nothing of the server, so it has a copy.
describe.each([
  ['the command line', cli],
  ['the server', server],
])('the decoding of text by %s', (_where, { decodeText, InvalidTextError }) => {
  const messageOf = (bytes: Buffer): string => {
    try {
      return `text: ${decodeText(bytes)}`;
    } catch (error) {
      if (!(error instanceof InvalidTextError)) throw error;
      return error.message;
    }
  };

  it.each([
    ['UTF-8', Buffer.from('Børo ☃ 𝕏')],
    ['UTF-8 with a mark', Buffer.from('\u{feff}Børo ☃ 𝕏')],
    ['UTF-16 (little endian) with its mark', Buffer.from('\u{feff}Børo ☃ 𝕏', 'utf16le')],
    ['UTF-16 (big endian) with its mark', utf16be('\u{feff}Børo ☃ 𝕏')],
  ])('reads %s', (_what, bytes) => {
    expect(decodeText(bytes)).toBe('Børo ☃ 𝕏');
  });

  it('reads a replacement character that somebody has typed, and nothing', () => {
    expect(decodeText(Buffer.from('a\u{fffd}b'))).toBe('a\u{fffd}b');
    expect([decodeText(Buffer.alloc(0)), decodeText(Buffer.from('\u{feff}'))]).toEqual(['', '']);
  });

  it.each([
    [
      'Windows-1252',
      Buffer.from('{\r\n  "name": "B\u{f8}ro"\r\n}', 'latin1'),
      'is not valid UTF-8 at line 2, column 13 (byte 0xF8 at offset 15)',
    ],
    [
      'a letter of Windows-1252 before others',
      Buffer.from('\u{e4}nderung', 'latin1'),
      'is not valid UTF-8 at line 1, column 1 (byte 0xE4 at offset 0)',
    ],
    [
      'Windows-1252 after letters of UTF-8',
      Buffer.concat([Buffer.from('\u{feff}ø\nü'), Buffer.from([0xfc])]),
      'is not valid UTF-8 at line 2, column 2 (byte 0xFC at offset 8)',
    ],
    [
      'a file that was cut within a character',
      Buffer.from('a☃').subarray(0, 3),
      'is not valid UTF-8 at line 1, column 2 (byte 0xE2 at offset 1)',
    ],
    [
      'half of a surrogate pair as UTF-8',
      Buffer.from([0x61, 0xed, 0xa0, 0x80]),
      'is not valid UTF-8 at line 1, column 2 (byte 0xED at offset 1)',
    ],
    ['an overlong form', Buffer.from([0xc0, 0xaf]), 'is not valid UTF-8 at line 1, column 1 (byte 0xC0 at offset 0)'],
    ['UTF-16 without a mark', Buffer.from('{}', 'utf16le'), 'contains a NUL character at line 1, column 2'],
    [
      'half of a surrogate pair as UTF-16',
      Buffer.from('\u{feff}a\u{d800}', 'utf16le'),
      'begins with the byte order mark of UTF-16, but is not valid UTF-16',
    ],
    [
      'UTF-16 that was cut within a character',
      Buffer.from('\u{feff}ab', 'utf16le').subarray(0, 5),
      'begins with the byte order mark of UTF-16, but is not valid UTF-16',
    ],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]), 'contains a NUL character at line 1, column 1'],
  ])('refuses %s and says where', (...[, bytes, message]) => {
    expect(messageOf(bytes)).toBe(message);
  });

  it(`never returns a replacement character for random bytes (seed ${SEED})`, () => {
    const random = createRandom(SEED);
    for (let nth = 0; nth < 300; nth += 1) {
      const valid = Buffer.from('ab\nø☃𝕏'.repeat(1 + random(3)));
      const at = random(valid.length);
      const bytes = Buffer.from(valid);
      bytes[at] = 0x80 + random(0x80);
      const message = messageOf(bytes);
      if (message.startsWith('text: ')) expect(Buffer.from(decodeText(bytes)).equals(bytes)).toBe(true);
      else expect(Number(/offset (\d+)/.exec(message)?.[1])).toBeLessThanOrEqual(at + 3);
    }
  });
});
