import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nameCandidates } from '../../../domain/accounts/organization-name.ts';
import { account } from '../../fixtures/accounts.ts';

describe('the names an account may take', () => {
  it('begin with its ERP name, then tell it from its namesakes ever more precisely', () => {
    expect(nameCandidates(account('US-001', { name: 'Contoso' }))).toEqual([
      'Contoso',
      'Contoso (US-001)',
      'Contoso (usmf US-001)',
      'Contoso (usmf customer US-001)',
    ]);
  });

  it('fall back to the account number when the ERP has no name', () => {
    expect(nameCandidates(account('US-001', { name: '' }))[0]).toBe('US-001');
  });

  it('are cut to 255 units with the suffix kept, without splitting a character', () => {
    const family = '👨‍👩‍👧';
    const grapheme = new Intl.Segmenter('en', { granularity: 'grapheme' });
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(family, 'é', 'ß', 'x', ' ', '漢'), { minLength: 200, maxLength: 300 }),
        (parts) => {
          const name = parts.join('').trim() || 'x';
          for (const candidate of nameCandidates(account('US-001', { name }))) {
            expect(candidate.length).toBeLessThanOrEqual(255);
            const allowed = new Set(
              [...grapheme.segment(`${name} (usmf customer US-001)`)].map(({ segment }) => segment),
            );
            for (const { segment } of grapheme.segment(candidate)) expect(allowed).toContain(segment);
          }
          expect(nameCandidates(account('US-001', { name }))[1]).toMatch(/ \(US-001\)$/);
        },
      ),
      { seed: 1, numRuns: 30 },
    );
  });
});
