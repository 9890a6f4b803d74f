import { describe, expect, it } from '@jest/globals';
import { ORGANIZATIONS } from '../../../../activities/accounts/organization-target.ts';
import { isConfirmed, matchItems, matchShown } from '../../../../activities/sync/jobs/match-rows.ts';
import type { Shown, Target } from '../../../../activities/sync/target.ts';
import type { JobRow } from '../../../../store/sync/job-rows.ts';
import type { JobItem } from '../../../../store/sync/tables.ts';
import { failure, itemOf, jobOf, openSliceOf, shownFor, update } from './rows.ts';

const [A1, A2] = [update('A1', '71'), update('A2', '72')];

const of = (...rows: readonly JobRow[]) => ({ target: ORGANIZATIONS as Target, slice: openSliceOf(), rows });
const items = (rows: readonly JobRow[], results: readonly JobItem[] | null, shown?: readonly Shown[]) =>
  matchItems(of(...rows), { job: jobOf('update', results), shown });

describe('the update of an organization that was read again', () => {
  it('is confirmed if it has the sent values, with any other values', () => {
    const shown = [shownFor(A1, '71', { erp_country: 'NOR' }), shownFor(A2, '72')];
    expect(isConfirmed(of(A1, A2), shown)).toBe(true);
    const { changes, hasIgnored } = matchShown(of(A1, A2), shown);
    expect(changes.outcomes).toMatchObject([
      { key: 'A1', outcome: 'updated', zendeskId: '71', remark: null },
      { key: 'A2', outcome: 'updated', zendeskId: '72', remark: null },
    ]);
    expect(hasIgnored).toBe(false);
  });

  it('is not confirmed if one of the rows has another value', () => {
    const shown = [shownFor(A1, '71'), shownFor(A2, '72', { erp_city: 'Oslo' })];
    expect(isConfirmed(of(A1, A2), shown)).toBe(false);
    const { changes } = matchShown(of(A1, A2), shown);
    expect(changes.outcomes).toMatchObject([{ key: 'A1', outcome: 'updated' }]);
    expect(changes.transitions).toMatchObject([{ key: 'A2', state: 'planned' }]);
  });

  it('is not confirmed, and planned again, if the organization is not shown', () => {
    expect(isConfirmed(of(A1), [])).toBe(false);
    expect(matchShown(of(A1), []).changes.transitions).toMatchObject([{ key: 'A1', state: 'planned' }]);
  });

  it('is incomplete if the organization lacks a tag', () => {
    const shown = { ...shownFor(A1, '71'), isComplete: () => false };
    const { changes } = matchShown(of(A1), [shown]);
    expect(changes.outcomes).toEqual([]);
    expect(changes.transitions).toMatchObject([{ key: 'A1', state: 'incomplete', zendeskId: '71' }]);
  });

  it('is an adoption if that was planned', () => {
    const row = update('A1', '71', { operation: 'adopt' });
    expect(matchShown(of(row), [shownFor(row, '71')]).changes.outcomes).toMatchObject([{ outcome: 'adopted' }]);
  });
});

describe('the update of an organization with the items of its job', () => {
  it('is done if the item with its id succeeded, and counts as written at the time of the response', () => {
    const { changes } = items([A1], [itemOf({ id: '71' })]);
    expect(changes.outcomes).toMatchObject([{ key: 'A1', outcome: 'updated', zendeskId: '71', remark: null }]);
    expect(changes.organizations?.written).toEqual([
      expect.objectContaining({
        ...{ id: '71', writtenAt: '2026-11-20T10:00:09Z', isShown: false, written: { erp_city: 'Seattle' } },
      }),
    ]);
  });

  it('is matched by index if an item has no id', () => {
    const { changes } = items([A1, A2], [itemOf({ index: 1 }), failure({ index: 0, details: 'Record not found' })]);
    expect(changes.outcomes).toMatchObject([{ key: 'A2', outcome: 'updated' }]);
    expect(changes.transitions).toMatchObject([{ key: 'A1', state: 'refused', refusal: 'Record not found' }]);
  });

  it('is not matched with an item with another id', () => {
    const { changes } = items([A1], [itemOf({ index: 0, id: '79' })]);
    expect(changes.transitions).toMatchObject([{ key: 'A1', state: 'planned' }]);
  });

  it('is planned again if no item is about it', () => {
    expect(items([A1], []).changes.transitions).toMatchObject([{ key: 'A1', state: 'planned' }]);
    expect(items([A1], null).changes.transitions).toMatchObject([{ key: 'A1', state: 'planned' }]);
  });

  it('is refused with the details of Zendesk', () => {
    const { changes } = items([A1], [failure({ id: '71', details: 'Name: has already been taken' })]);
    expect(changes.transitions).toMatchObject([{ state: 'refused', refusal: 'Name: has already been taken' }]);
  });

  it('is incomplete if the organization is known to lack a tag', () => {
    const row = update('A1', '71');
    const lacking = { ...row, seen: row.seen === null ? null : { ...row.seen, ownTags: [] } };
    const { changes } = items([lacking], [itemOf({ id: '71' })]);
    expect(changes.transitions).toMatchObject([{ state: 'incomplete', zendeskId: '71' }]);
  });

  it('has a remark about the ignored fields if the organization was read again', () => {
    const row = update('A1', '71', { name: 'A new name' });
    const { changes, hasIgnored } = items([row], [itemOf({ id: '71' })], [shownFor(row, '71', { erp_city: 'Oslo' })]);
    expect(changes.outcomes).toMatchObject([{ outcome: 'updated', remark: { code: 'field_ignored' } }]);
    expect(changes.outcomes?.[0]?.remark?.message).toMatch(/: erp_city\.$/);
    expect(hasIgnored).toBe(true);
    expect(changes.organizations?.written).toMatchObject([{ isShown: true, writtenAt: '2026-11-20T10:00:00Z' }]);
  });

  it('is unchanged if Zendesk has ignored all values', () => {
    const { changes, hasIgnored } = items([A1], [itemOf({ id: '71' })], [shownFor(A1, '71', { erp_city: null })]);
    expect(changes.outcomes).toMatchObject([{ outcome: 'unchanged', remark: { code: 'field_ignored' } }]);
    expect(hasIgnored).toBe(true);
  });

  it('uses the items of the job for organizations that were not read again', () => {
    const { changes } = items([A1, A2], [itemOf({ id: '71' }), itemOf({ id: '72' })], [shownFor(A1, '71')]);
    expect(changes.outcomes).toMatchObject([
      { key: 'A1', outcome: 'updated' },
      { key: 'A2', outcome: 'updated' },
    ]);
    expect(changes.organizations?.written).toMatchObject([
      { id: '71', isShown: true },
      { id: '72', isShown: false },
    ]);
  });
});
