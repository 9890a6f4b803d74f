import { describe, expect, it } from '@jest/globals';
import { keyOf, parseRecordKey, recordKeyText } from '../../../domain/sync/record.ts';
import { addTotals, isAccountedFor, NO_TOTALS } from '../../../domain/sync/outcome.ts';
import { covers } from '../../../domain/sync/run-scope.ts';
import { shrinkReason } from '../../../domain/sync/reading/shrink.ts';
import { account } from '../../fixtures/accounts.ts';

describe('the shrink guard', () => {
  it.each([
    [100, 90, false],
    [100, 89, true],
    [40, 36, false],
    [40, 35, false],
    [40, 34, true],
    [3, 0, true],
    [0, 0, false],
  ])('with %d records the last time and %d now, rejects the reading: %p', (lastAccepted, rows, rejects) => {
    expect(shrinkReason("usmf's customers", { rows, lastAccepted }) !== undefined).toBe(rejects);
  });

  it('lets an entity that was never read be empty', () => {
    expect(shrinkReason('x', { rows: 0, lastAccepted: undefined })).toBeUndefined();
  });
});

describe('joining a run', () => {
  const all = { full: false, acceptShrink: false };

  it('is possible when the run under way covers the request', () => {
    expect(covers(all, { ...all, legalEntity: 'usmf' })).toBe(true);
    expect(covers({ ...all, legalEntity: 'usmf' }, all)).toBe(false);
    expect(covers({ ...all, legalEntity: 'usmf' }, { ...all, legalEntity: 'frrt' })).toBe(false);
    expect(covers(all, { ...all, full: true })).toBe(false);
    expect(covers(all, { ...all, acceptShrink: true })).toBe(false);
    expect(covers(all, { ...all, acceptLimits: true })).toBe(false);
    expect(covers({ ...all, acceptShrink: true }, { ...all, acceptLimits: true })).toBe(false);
    expect(covers({ ...all, acceptLimits: true }, { ...all, acceptLimits: true })).toBe(true);
    expect(covers({ full: true, acceptShrink: true, acceptLimits: true }, all)).toBe(true);
  });
});

describe('totals', () => {
  it('are accounted for when every record read has an outcome', () => {
    const phase = { ...NO_TOTALS, read: 3, created: 1, rejected: 2 };
    expect(isAccountedFor(addTotals([phase, phase]))).toBe(true);
    expect(isAccountedFor({ ...phase, read: 4 })).toBe(false);
  });
});

describe('a record key that an operator types', () => {
  const parse = (text: string) => parseRecordKey(text, ['customer', 'contact']);

  it('may have slashes in the account number', () => {
    expect(parse('USMF/customer/A/1')).toEqual({ legalEntity: 'usmf', kind: 'customer', key: 'A/1' });
    expect(parse('usmf/contact/000901')).toEqual({ legalEntity: 'usmf', kind: 'contact', key: '000901' });
  });

  it.each(['A-1', 'usmf/customer/', 'usmf/ledger/A-1', 'usmf/vendor/A-1', ''])('is not %p', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('is what a record is called in lists', () => {
    const key = { legalEntity: 'usmf', kind: 'customer', key: 'A/1' };
    expect(parse(recordKeyText(key))).toEqual(key);
    expect(keyOf(account('A/1'))).toEqual(key);
  });
});
