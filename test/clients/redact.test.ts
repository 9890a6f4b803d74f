import { describe, expect, it } from '@jest/globals';
import { redact } from '../../clients/redact.ts';
import { isStorable } from '../../domain/sync/text.ts';

describe('a message of a remote system', () => {
  it('that is cut within an emoji can be stored', () => {
    for (const length of [8, 9, 10, 11]) expect(isStorable(redact('🥐'.repeat(20), [], length))).toBe(true);
  });

  it('that contains half an emoji can be stored', () => {
    expect(redact('Name: Bakery \ud83e is too long')).toBe('Name: Bakery \uFFFD is too long');
  });
});
