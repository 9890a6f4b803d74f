import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { diff, splitIgnored, valuesAfter } from '../../../domain/sync/diff.ts';
import { sameValue, type Values } from '../../../domain/sync/field-value.ts';

describe('a value that Zendesk showed instead of ours', () => {
  const changes = [{ field: 'phone', before: '1', after: '2' }];

  it.each([
    ['stays ignored after other changes of the record', { phone: '2' }, { phone: '1' }, ['phone']],
    ['is written again when Zendesk shows yet another value', { phone: '2' }, { phone: '0' }, []],
    ['is written again when the ERP has another value', { phone: '3' }, { phone: '1' }, []],
    ['is written again when nothing was shown after the write', { phone: '2' }, {}, []],
  ] as const)('%s', (...[, written, kept, ignored]) => {
    expect(splitIgnored(changes, { written, isLatest: false, kept }).ignored).toEqual(ignored);
  });
});

describe('the differences between values', () => {
  it('are none where Zendesk holds the same, blanks and empty texts aside', () => {
    expect(diff({ name: 'Contoso', city: null }, { name: ' Contoso ', city: '', theirs: 'x' })).toEqual([]);
  });

  it('name each field with the value before and after', () => {
    expect(diff({ name: 'Contoso', city: null, limit: 5 }, { name: 'Fabrikam', city: 'Lyon', limit: 5 })).toEqual([
      { field: 'name', before: 'Fabrikam', after: 'Contoso' },
      { field: 'city', before: 'Lyon', after: null },
    ]);
  });

  it('hold a field that is unknown, even where no value is wanted', () => {
    expect(diff({ name: 'Contoso', city: null }, {})).toEqual([
      { field: 'name', before: undefined, after: 'Contoso' },
      { field: 'city', before: undefined, after: null },
    ]);
  });

  it('take no inherited member for a known value', () => {
    expect(diff({ toString: 'x', constructor: null }, {})).toEqual([
      { field: 'toString', before: undefined, after: 'x' },
      { field: 'constructor', before: undefined, after: null },
    ]);
  });

  it('lead from what Zendesk holds to what is wanted', () => {
    const value = fc.constantFrom('Contoso', ' Contoso', 'contoso', '', ' ', null, 0, 7, '7', true, false);
    const values = fc.dictionary(fc.constantFrom('name', 'external_id', 'city', 'limit'), value);
    fc.assert(
      fc.property(values, values, (desired, seen) => {
        const changes = diff(desired, seen);
        const result: Values = { ...seen, ...valuesAfter(changes) };
        for (const [field, wanted] of Object.entries(desired))
          expect(sameValue(result[field] ?? null, wanted)).toBe(true);
        expect(diff(desired, result)).toEqual([]);
        expect(diff(desired, desired)).toEqual([]);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe('a field that Zendesk ignores', () => {
  const changes = diff({ city: 'Lyon', country: 'FRA' }, { city: 'LYON', country: 'USA' });
  const written = { city: 'Lyon', country: 'DEU' };

  it('is one that we wrote, that nobody has changed since, and that shows another value', () => {
    expect(splitIgnored(changes, { written, isLatest: true })).toEqual({
      toWrite: [{ field: 'country', before: 'USA', after: 'FRA' }],
      ignored: ['city'],
    });
  });

  it('is compared with what was written as Zendesk compares values', () => {
    const blank = { written: { city: ' Lyon ', country: 'FRA' }, isLatest: true };
    expect(splitIgnored(changes, blank)).toEqual({ toWrite: [], ignored: ['city', 'country'] });
    const emptied = diff({ city: null }, { city: 'Lyon' });
    expect(splitIgnored(emptied, { written: { city: '' }, isLatest: true }).ignored).toEqual(['city']);
  });

  it.each([
    ['somebody has changed the record since', changes, { written, isLatest: false }],
    ['nothing was ever written', changes, { written: null, isLatest: true }],
    ['this field was never written', changes, { written: {}, isLatest: true }],
    ['it is not known what Zendesk holds', diff({ city: 'Lyon' }, {}), { written, isLatest: true }],
    ['another value is wanted now', diff({ city: 'Paris' }, { city: 'LYON' }), { written, isLatest: true }],
  ])('is written again when %s', (_when, differences, last) => {
    expect(splitIgnored(differences, last)).toEqual({ toWrite: differences, ignored: [] });
  });
});
