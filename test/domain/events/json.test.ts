import { describe, expect, it } from '@jest/globals';
import { canonicalJson, member, textMember } from '../../../domain/events/json.ts';

describe('the canonical form of JSON', () => {
  it('is the same text whatever the order of members, at every depth', () => {
    const one = { b: [{ y: 1, x: null }], a: { d: 'é', c: true } };
    const other = { a: { c: true, d: 'é' }, b: [{ x: null, y: 1 }] };
    expect(canonicalJson(one)).toBe(canonicalJson(other));
    expect(canonicalJson(one)).toBe('{"a":{"c":true,"d":"é"},"b":[{"x":null,"y":1}]}');
  });

  it('tells apart what differs', () => {
    const texts = [{}, [], null, '', 0, [1, 2], [2, 1], { a: 1 }, { a: '1' }, { A: 1 }, '{}'].map(canonicalJson);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('is a text also of what is no JSON', () => {
    expect(canonicalJson(undefined)).toBe('null');
  });
});

describe('a member', () => {
  it('is read whatever the case of its name, the exact one first', () => {
    expect(member({ NAME: 1, name: 2 }, 'name')).toBe(2);
    expect(member({ NAME: 1 }, 'name')).toBe(1);
    expect(member({}, 'name')).toBeUndefined();
    expect(member({ other: 1 }, 'constructor')).toBeUndefined();
  });

  it.each([
    [{ a: ' text ' }, 'text'],
    [{ A: 17 }, '17'],
    [{ a: null }, ''],
    [{ a: {} }, ''],
    [{ a: true }, ''],
    [{ a: 'with\u0000nothing' }, ''],
    [{}, ''],
  ])('of %j is the text %p', (object, text) => {
    expect(textMember(object, 'a')).toBe(text);
  });
});
