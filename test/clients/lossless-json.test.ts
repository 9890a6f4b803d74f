import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseLosslessJson } from '../../clients/lossless-json.ts';

describe('JSON with long integers', () => {
  it('keeps all digits of an id beyond 53 bits, as a string', () => {
    expect(
      parseLosslessJson('{"id":9007199254740993,"ids":[18446744073709551615,-9223372036854775808],"n":7}'),
    ).toEqual({
      id: '9007199254740993',
      ids: ['18446744073709551615', '-9223372036854775808'],
      n: 7,
    });
  });

  it('does not change strings, fractions and exponents', () => {
    const text =
      '{"a":"9007199254740993 \\" 9007199254740993","b":0.12345678901234567,"c":1e300,"d":12345678901234567.5,"\\\\":1}';
    expect(parseLosslessJson(text)).toEqual(JSON.parse(text));
  });

  it('rejects the same texts as JSON.parse', () => {
    for (const text of ['{"id":9007199254740993', '{"a":"9007199254740993', '', '<html>'])
      expect(() => parseLosslessJson(text)).toThrow(SyntaxError);
  });

  it('returns the same as JSON.parse for every document without long integers', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.bigInt({ min: 10n ** 16n, max: 2n ** 64n }), (value, id) => {
        const text = JSON.stringify([value, { id: 'ID' }]);
        const parsed = parseLosslessJson(text.replace('"ID"', String(id)));
        const expected = JSON.parse(text.replace('"ID"', `"${String(id)}"`)) as unknown;
        if (/[^".\d]-?\d{16,}[^"\d]/.test(JSON.stringify(value))) return;
        expect(parsed).toEqual(expected);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
