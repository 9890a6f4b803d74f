import { describe, expect, it } from '@jest/globals';
import { ORGANIZATIONS } from '../../../activities/accounts/organization-target.ts';
import { isSameAttempt } from '../../../activities/sync/attempts.ts';
import { asWritten, ignoredFields } from '../../../activities/sync/written.ts';
import { contentDigest } from '../../../store/digests.ts';
import { creation, openSliceOf, update } from './jobs/rows.ts';

const written = (ignored: readonly string[], isComplete = true) => ({
  ...{ id: '71', at: '2026-11-20T10:00:00Z', isShown: true, isComplete, ignored },
});

/** Returns the changes to record for a written customer row. */
function record(row: ReturnType<typeof creation>, ignored: readonly string[], isComplete?: boolean) {
  const { outcomes, transitions } = asWritten(ORGANIZATIONS, openSliceOf(), {
    ...{ row, written: written(ignored, isComplete) },
  });
  return { outcomes, transitions };
}

describe('a written row', () => {
  it.each([
    ['create', 'created'],
    ['update', 'updated'],
    ['adopt', 'adopted'],
  ] as const)('has the outcome of its operation: %s', (operation, outcome) => {
    const { outcomes } = record(update('A1', '71', { operation }), []);
    expect(outcomes).toMatchObject([{ key: 'A1', outcome, zendeskId: '71', remark: null }]);
  });

  it('has no outcome if it is incomplete', () => {
    const { outcomes, transitions } = record(update('A1', '71'), [], false);
    expect(outcomes).toBeUndefined();
    expect(transitions).toEqual([
      { legalEntity: 'usmf', kind: 'customer', key: 'A1', state: 'incomplete', zendeskId: '71' },
    ]);
  });

  it('is unchanged if it is an update whose values Zendesk has ignored', () => {
    expect(record(update('A1', '71'), ['erp_city']).outcomes).toMatchObject([
      { outcome: 'unchanged', remark: { code: 'field_ignored' } },
    ]);
  });

  it('is updated if Zendesk has ignored only some of the values', () => {
    expect(record(update('A1', '71', { name: 'Renamed' }), ['erp_city']).outcomes).toMatchObject([
      { outcome: 'updated', remark: { code: 'field_ignored' } },
    ]);
  });

  it('is created even if Zendesk has ignored all values', () => {
    const row = creation('A1');
    const all = Object.keys(ORGANIZATIONS.sent(row, openSliceOf().spec));
    expect(record(row, all).outcomes).toMatchObject([{ outcome: 'created', remark: { code: 'field_ignored' } }]);
  });
});

describe('ignored fields', () => {
  it('are fields whose shown value differs from the sent value', () => {
    const sent = { name: 'Contoso', erp_city: 'Oslo', erp_country: null, erp_on_hold: 'No' };
    const shown = { name: ' Contoso ', erp_city: 'Bergen', erp_country: '', erp_on_hold: null, erp_currency: 'NOK' };
    expect(ignoredFields(sent, shown)).toEqual(['erp_city', 'erp_on_hold']);
  });

  it('are fields with a sent value that are not shown', () => {
    expect(ignoredFields({ erp_city: 'Oslo', erp_country: null }, {})).toEqual(['erp_city']);
  });
});

describe('an attempt', () => {
  it('is the same as the refused attempt if the digests are equal', () => {
    expect(isSameAttempt(contentDigest('one'), 'one')).toBe(true);
    expect(isSameAttempt(contentDigest('one'), 'two')).toBe(false);
  });

  it('is a new one if no attempt was refused', () => {
    expect(isSameAttempt(null, 'one')).toBe(false);
  });

  it('is the same as an attempt that was refused by a version without digests', () => {
    expect(isSameAttempt('upgraded', 'one')).toBe(true);
  });
});
