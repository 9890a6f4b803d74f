import { describe, expect, it } from '@jest/globals';
import { escapeText, isStorable, repairJson, repairText } from '../../../domain/sync/text.ts';

describe('a text that PostgreSQL', () => {
  it.each([
    [
      'half an emoji',
      'Bakery Nord \ud83e',
      { repaired: 'Bakery Nord \uFFFD', escaped: String.raw`Bakery Nord \ud83e` },
    ],
    ['the other half', '\udd50 Nord', { repaired: '\uFFFD Nord', escaped: String.raw`\udd50 Nord` }],
    ['halves in the wrong order', '\udd50\ud83e', { repaired: '\uFFFD\uFFFD', escaped: String.raw`\udd50\ud83e` }],
    ['NUL', 'Pasted\u0000 Name', { repaired: 'Pasted\uFFFD Name', escaped: String.raw`Pasted\u0000 Name` }],
    ['a half before a whole emoji', '\ud83e\ud83e\udd50', { repaired: '\uFFFD🥐', escaped: String.raw`\ud83e🥐` }],
  ])('cannot store because of %s is repaired, or escaped', (_what, text, { repaired, escaped }) => {
    expect(isStorable(text)).toBe(false);
    expect(repairText(text)).toBe(repaired);
    expect(escapeText(text)).toBe(escaped);
    expect(isStorable(repaired) && isStorable(escaped)).toBe(true);
  });

  it.each(['', 'Contoso', '🥐 株式会社', 'a\tb\u0001', '\uFFFD', String.raw`\u0000`])('can store stays: %j', (text) => {
    expect(isStorable(text)).toBe(true);
    expect([repairText(text), escapeText(text)]).toEqual([text, text]);
  });

  it('cannot store is repaired at every depth of a JSON value', () => {
    const value = { name: 'a\u0000', list: ['\ud83e', 1, null, { 'k\ud83e': true }] };
    expect(repairJson(value)).toEqual({ name: 'a\uFFFD', list: ['\uFFFD', 1, null, { 'k\uFFFD': true }] });
  });
});
