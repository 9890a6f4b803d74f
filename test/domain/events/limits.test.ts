import { describe, expect, it } from '@jest/globals';
import { eventDefect, payloadDefect, type EventParts } from '../../../domain/events/limits.ts';

const PARTS: EventParts = { ids: ['e-1', '7'], type: 'CustomerChanged', company: 'usmf', key: 'US-001' };

describe('an event', () => {
  it.each<[string, Partial<EventParts>, RegExp | undefined]>([
    ['ordinary parts', {}, undefined],
    ['the longest parts', { ids: ['i'.repeat(200)], type: 't'.repeat(200), company: 'c'.repeat(10) }, undefined],
    ['the longest key', { key: 'k'.repeat(60) }, undefined],
    ['a key of 61 characters', { key: 'k'.repeat(61) }, /key .* 60/],
    ['a key of 20,000 characters', { key: 'k'.repeat(20_000) }, /key/],
    ['a company of 11 characters', { company: 'c'.repeat(11) }, /company/],
    ['an id of 201 characters', { ids: ['e', 'i'.repeat(201)] }, /id/],
    ['a type of 201 characters', { type: 't'.repeat(201) }, /type/],
    ['half a character in its key', { key: 'US\ud800' }, /key/],
    ['NUL in its company', { company: 'us\u0000' }, /company/],
    ['a line feed in its id', { ids: ['e\n1'] }, /id/],
    ['an emoji in its key', { key: '🥐' }, undefined],
  ])('with %s is handled, or has a defect', (_what, parts, defect) => {
    const found = eventDefect({ ...PARTS, ...parts });
    if (defect === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(defect);
  });

  it('may have 32 levels of JSON, and is safe to check at any depth', () => {
    const nested = (levels: number): unknown => JSON.parse('[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2));
    expect(payloadDefect(nested(32))).toBeUndefined();
    expect(payloadDefect(nested(34))).toContain('32');
    expect(payloadDefect(nested(200_000))).toContain('32');
    expect(payloadDefect('text')).toBeUndefined();
  });
});
