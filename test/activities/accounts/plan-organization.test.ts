import { describe, expect, it } from '@jest/globals';
import { planOrganization } from '../../../activities/accounts/plan-organization.ts';
import type { KnownOrganization } from '../../../domain/accounts/organization.ts';
import { accountAttempt } from '../../../domain/accounts/plan-account.ts';
import { nameAmbiguous, zendeskRefused } from '../../../domain/sync/rejection.ts';
import { contentDigest } from '../../../store/digests.ts';
import type { RowToPlan } from '../../../store/sync/planning.ts';
import { account, specOf } from '../../fixtures/accounts.ts';

const SPEC = specOf('customer');
const KEY = { legalEntity: 'usmf', kind: 'customer', key: 'A1' };
const VALUES = {
  ...{ external_id: 'usmf:A1', name: 'Name of A1', erp_account_number: 'A1', erp_account_type: 'customer' },
  ...{ erp_legal_entity: 'usmf', erp_account_group: '10', erp_on_hold: 'No', erp_currency: 'USD' },
  ...{ erp_city: 'Seattle', erp_country: 'USA' },
};

/** Returns the stored state of an organization with all values and tags, with changed `members`. */
function known(members: Partial<KnownOrganization> = {}): KnownOrganization {
  return { id: '71', values: VALUES, ownTags: ['erp_customer'], written: VALUES, isLatest: true, ...members };
}

type Row = RowToPlan<KnownOrganization>;

/** Plans the account A1 with complete reservations, with changed `members`. */
function plan(members: Partial<Row> = {}): ReturnType<typeof planOrganization> {
  const row: Row = {
    ...{ record: account('A1'), externalId: 'usmf:A1', name: 'Name of A1', linkedId: null, adoptId: null },
    ...{ refusedAttempt: null, lastRejection: null, rejection: null, seen: null, reservation: null },
    ...{ emailDigest: null, isStale: false, mustWait: false },
  };
  return planOrganization({ ...row, ...members }, SPEC);
}

describe('the plan of an account', () => {
  it('is a create if there is no organization', () => {
    const reserved = { externalId: 'usmf:A1', name: 'Name of A1' };
    expect(plan()).toEqual({ ...KEY, ...reserved, operation: 'create', state: 'planned', zendeskId: null });
  });

  it('is an adoption of the reserved organization', () => {
    expect(plan({ adoptId: '79' })).toMatchObject({ operation: 'adopt', state: 'planned', zendeskId: '79' });
  });

  it('is an update if a value differs', () => {
    const seen = known({ values: { ...VALUES, erp_city: 'Oslo' }, written: null });
    expect(plan({ linkedId: '71', seen })).toMatchObject({ operation: 'update', state: 'planned', zendeskId: '71' });
  });

  it('needs no bulk job if only a tag is missing', () => {
    const seen = known({ ownTags: [] });
    expect(plan({ linkedId: '71', seen })).toMatchObject({ operation: 'update', state: 'incomplete' });
  });

  it('is unchanged if the organization has all values and tags', () => {
    expect(plan({ linkedId: '71', seen: known() })).toEqual({
      ...KEY,
      ...{ outcome: 'unchanged', zendeskId: undefined, remark: null, upToDate: true },
    });
  });

  it('links an organization with its external id that has all values and tags', () => {
    expect(plan({ seen: known() })).toMatchObject({ outcome: 'unchanged', zendeskId: '71' });
  });

  it('has a remark if Zendesk shows another value of a field than was written last', () => {
    const seen = known({ values: { ...VALUES, erp_city: 'Oslo' } });
    expect(plan({ linkedId: '71', seen })).toMatchObject({ outcome: 'unchanged', remark: { code: 'field_ignored' } });
  });

  it('is a rejection if nothing could be reserved', () => {
    const rejection = nameAmbiguous('Name of A1', { organizations: 2, accounts: 1 });
    const members = { rejection, externalId: null, name: null, isStale: true };
    expect(plan(members)).toEqual({ ...KEY, outcome: 'rejected', remark: rejection });
  });

  it('is unchanged if another run has applied a later reading of the account', () => {
    expect(plan({ isStale: true, linkedId: '71' })).toEqual({ ...KEY, outcome: 'unchanged' });
  });

  it('requires a reserved external id and name', () => {
    expect(() => plan({ externalId: null })).toThrow(Error);
    expect(() => plan({ name: null })).toThrow(Error);
  });
});

describe('the plan of an account whose attempt Zendesk has refused', () => {
  const refusedAttempt = contentDigest(accountAttempt({ desired: VALUES, known: null }));

  it('is the same rejection as long as nothing has changed', () => {
    const lastRejection = zendeskRefused('No.');
    expect(plan({ refusedAttempt, lastRejection })).toEqual({
      ...KEY,
      ...{ outcome: 'rejected', remark: lastRejection, refusedAttempt },
    });
  });

  it('is also a rejection if no message of Zendesk is stored', () => {
    expect(plan({ refusedAttempt })).toMatchObject({ outcome: 'rejected', remark: { code: 'zendesk_refused' } });
  });

  it('is another attempt if a value in F&O has changed', () => {
    expect(plan({ refusedAttempt, name: 'Other name' })).toMatchObject({ operation: 'create' });
  });

  it('is another attempt if the organization was found in the meantime', () => {
    expect(plan({ refusedAttempt, seen: known({ ownTags: [] }) })).toMatchObject({ operation: 'update' });
  });

  it('is the same rejection if the refusal is from a version without digests of attempts', () => {
    expect(plan({ refusedAttempt: 'upgraded' })).toMatchObject({ outcome: 'rejected' });
  });
});
