import { describe, expect, it } from '@jest/globals';
import { ORGANIZATIONS } from '../../../../activities/accounts/organization-target.ts';
import { USERS } from '../../../../activities/contacts/user-target.ts';
import { matchCreates, type Matched } from '../../../../activities/sync/jobs/match-rows.ts';
import type { Shown, Target } from '../../../../activities/sync/target.ts';
import type { JobRow } from '../../../../store/sync/job-rows.ts';
import type { JobItem } from '../../../../store/sync/tables.ts';
import { contactCreation, creation, failure, itemOf, jobOf, openSliceOf, shownFor } from './rows.ts';

const [A1, A2, A3] = [creation('A1'), creation('A2'), creation('A3')];

/** Matches creates of customers with the organizations that Zendesk shows and the items of their job. */
function match(rows: readonly JobRow[], shown: readonly Shown[], results: readonly JobItem[] | null): Matched {
  const at = { target: ORGANIZATIONS as Target, slice: openSliceOf(), rows };
  return matchCreates(at, { shown, job: jobOf('create', results) });
}

/** Returns the outcome or the new state of each row, by key. */
function resultsOf({ changes: { outcomes = [], transitions = [] } }: Matched): Record<string, string> {
  const done = outcomes.map(({ key, outcome, zendeskId }) => [key, `${outcome} as ${zendeskId ?? 'no id'}`] as const);
  const moved = transitions.map(({ key, state, refusal }) => [key, [state, refusal].join(' ').trim()] as const);
  return Object.fromEntries([...done, ...moved]);
}

describe('a create whose organization is shown', () => {
  it('is done, and linked to it', () => {
    const matched = match([A1], [shownFor(A1, '71')], [itemOf({ id: '71' })]);
    expect(resultsOf(matched)).toEqual({ A1: 'created as 71' });
    expect(matched.hasIgnored).toBe(false);
    expect(matched.changes.organizations?.written).toMatchObject([
      { id: '71', isShown: true, ownTags: ['erp_customer'] },
    ]);
  });

  it('is matched by its external id in any case', () => {
    const shown = { ...shownFor(A1, '71'), externalId: ' USMF:a1' };
    expect(resultsOf(match([A1], [shown], null))).toEqual({ A1: 'created as 71' });
  });

  it('is not matched with an organization without an external id', () => {
    const shown = { ...shownFor(A1, '71'), externalId: null };
    expect(resultsOf(match([A1], [shown], []))).toEqual({ A1: 'planned' });
  });

  it('is done with a remark if Zendesk has ignored a value and every failure has the index of its row', () => {
    const results = [itemOf({ id: '71' }), failure({ index: 1, details: 'Name: A2 has already been taken' })];
    const matched = match([A1, A2], [shownFor(A1, '71', { erp_city: null })], results);
    expect(resultsOf(matched)).toEqual({ A1: 'created as 71', A2: 'refused Name: A2 has already been taken' });
    expect(matched.changes.outcomes?.[0]?.remark).toMatchObject({ code: 'field_ignored' });
    expect(matched.hasIgnored).toBe(true);
  });

  it('belongs to another app if its values differ and the job has no items', () => {
    const matched = match([A1], [shownFor(A1, '71', { name: 'Added By Agent' })], null);
    expect(resultsOf(matched)).toEqual({ A1: expect.stringMatching(/^refused .*external id/) });
    expect(matched.hasIgnored).toBe(false);
  });

  it('belongs to another app if its values differ and a failure has no index', () => {
    const shown = [shownFor(A1, '71', { name: 'Added By Agent' }), shownFor(A2, '72')];
    expect(resultsOf(match([A1, A2], shown, [itemOf({ id: '72' }), failure()]))).toEqual({
      A1: expect.stringMatching(/^refused .*external id/),
      A2: 'created as 72',
    });
  });

  it('is created by Ledgerdesk if it has the values, even if the job has no items', () => {
    expect(resultsOf(match([A1], [shownFor(A1, '71')], null))).toEqual({ A1: 'created as 71' });
  });

  it('existed before if Zendesk refused the row in its first round', () => {
    const results = [failure({ index: 0, details: 'External has already been taken' })];
    expect(resultsOf(match([A1], [shownFor(A1, '71')], results))).toEqual({
      A1: 'refused External has already been taken',
    });
  });

  it('was created by a lost attempt if Zendesk refuses the row in a later round and it has the values', () => {
    const row = creation('A1', { round: 1 });
    expect(resultsOf(match([row], [shownFor(row, '71')], [failure({ index: 0 })]))).toEqual({ A1: 'created as 71' });
  });

  it('belongs to another app if Zendesk refuses the row in a later round and its values differ', () => {
    const row = creation('A1', { round: 1 });
    const shown = [shownFor(row, '71', { erp_city: 'Oslo' })];
    expect(resultsOf(match([row], shown, [failure({ index: 0 })]))).toEqual({ A1: 'refused OrganizationCreateFailed' });
  });

  it('is incomplete if a bulk job cannot write everything', () => {
    const row = contactCreation('K1');
    const shown = [{ id: '81', externalId: 'usmf:K1', values: {}, updatedAt: null, isComplete: () => false }];
    const at = { target: USERS as Target, slice: openSliceOf('contact'), rows: [row] };
    const matched = matchCreates(at, { shown, job: jobOf('create', [itemOf({ id: '81' })]) });
    expect(matched.changes.outcomes).toEqual([]);
    expect(matched.changes.transitions).toMatchObject([{ key: 'K1', state: 'incomplete', zendeskId: '81' }]);
    expect(matched.changes.users?.written).toMatchObject([{ id: '81', joined: { ids: ['71'], own: ['71'] } }]);
  });
});

describe('a create whose organization is not shown', () => {
  it('is planned again if its job has no item about it', () => {
    expect(resultsOf(match([A1], [], [itemOf({ id: '71' })]))).toEqual({ A1: 'planned' });
    expect(resultsOf(match([A1], [], null))).toEqual({ A1: 'planned' });
  });

  it('is refused with the details of Zendesk, or with its error code, or with a default message', () => {
    const results = [
      failure({ index: 0, details: 'Name cannot be blank' }),
      failure({ index: 1 }),
      failure({ index: 2, error: null }),
    ];
    expect(resultsOf(match([A1, A2, A3], [], results))).toEqual({
      A1: 'refused Name cannot be blank',
      A2: 'refused OrganizationCreateFailed',
      A3: expect.stringMatching(/^refused .*no reason/),
    });
  });

  it('is matched with failures without index in their order, if there are as many as rows that were not written', () => {
    const results = [failure({ details: 'first' }), itemOf({ id: '72' }), failure({ details: 'second' })];
    expect(resultsOf(match([A1, A2, A3], [shownFor(A2, '72')], results))).toEqual({
      A1: 'refused first',
      A2: 'created as 72',
      A3: 'refused second',
    });
  });

  it('is planned again if there are more or fewer failures than rows that were not written', () => {
    expect(resultsOf(match([A1, A2], [], [failure({ details: 'unknown row' })]))).toEqual({
      A1: 'planned',
      A2: 'planned',
    });
  });

  it('is planned again if only other failures have an index', () => {
    const results = [failure({ index: 1, details: 'second row' }), failure({ details: 'unknown row' })];
    expect(resultsOf(match([A1, A2], [], results))).toEqual({ A1: 'planned', A2: 'refused second row' });
  });
});
