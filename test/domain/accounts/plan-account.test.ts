import { describe, expect, it } from '@jest/globals';
import type { KnownOrganization } from '../../../domain/accounts/organization.ts';
import {
  accountAttempt,
  accountChanges,
  planAccount,
  type AccountPlanInput,
} from '../../../domain/accounts/plan-account.ts';

const DESIRED = { external_id: 'usmf:C-1', name: 'Contoso', erp_city: 'Seattle' };

const NEW: AccountPlanInput = {
  desired: DESIRED,
  tags: ['erp_customer'],
  linkedId: null,
  adoptId: null,
  known: null,
  isRefused: false,
};

const SEEN: KnownOrganization = {
  id: '7',
  values: DESIRED,
  ownTags: ['erp_customer'],
  written: DESIRED,
  isLatest: false,
};

const LINKED: AccountPlanInput = { ...NEW, linkedId: '7', known: SEEN };
const UNCHANGED = { outcome: 'unchanged', id: '7', ignored: [] };

/** Links the account to an organization that shows these values. */
const shows = (values: KnownOrganization['values'], others: Partial<KnownOrganization> = {}): AccountPlanInput => ({
  ...LINKED,
  known: { ...SEEN, values: { ...DESIRED, ...values }, ...others },
});

describe('the plan for an account', () => {
  it('is to create an organization where there is none', () => {
    expect(planAccount(NEW)).toEqual({ operation: 'create' });
  });

  it('is to adopt the organization that was reserved for adoption', () => {
    expect(planAccount({ ...NEW, adoptId: '7' })).toEqual({ operation: 'adopt', id: '7', fieldsDiffer: true });
  });

  it('is nothing for an organization that is as it should be', () => {
    expect(planAccount(LINKED)).toEqual(UNCHANGED);
    expect(planAccount(shows({ name: ' Contoso ', theirs: 'x' }))).toEqual(UNCHANGED);
    expect(
      planAccount({
        ...LINKED,
        desired: { ...DESIRED, erp_city: null },
        known: { ...SEEN, values: { ...DESIRED, erp_city: '' } },
      }),
    ).toEqual(UNCHANGED);
  });

  it('is to link an organization that carries our external id, and to update it only when it differs', () => {
    expect(planAccount({ ...NEW, known: SEEN })).toEqual(UNCHANGED);
    expect(planAccount({ ...NEW, known: { ...SEEN, values: { ...DESIRED, name: 'Other' } } })).toEqual({
      operation: 'update',
      id: '7',
      fieldsDiffer: true,
    });
  });

  it('is to update an organization that somebody has changed', () => {
    expect(planAccount(shows({ erp_city: 'Lyon' }))).toEqual({ operation: 'update', id: '7', fieldsDiffer: true });
  });

  it('is to update an organization of which nothing is known, or not every field', () => {
    const update = { operation: 'update', id: '7', fieldsDiffer: true };
    expect(planAccount({ ...LINKED, known: null })).toEqual(update);
    const { external_id, name } = DESIRED;
    expect(planAccount({ ...LINKED, known: { ...SEEN, values: { external_id, name } } })).toEqual(update);
  });

  it('is to add a tag that is missing, without a write of fields', () => {
    const update = { operation: 'update', id: '7', fieldsDiffer: false };
    expect(planAccount(shows({}, { ownTags: [] }))).toEqual(update);
    expect(planAccount({ ...LINKED, tags: ['erp_customer', 'erp_vendor'] })).toEqual(update);
    expect(planAccount({ ...LINKED, tags: [] })).toEqual(UNCHANGED);
  });

  it('is to reject what Zendesk refused, unless nothing has to be written any more', () => {
    expect(planAccount({ ...NEW, isRefused: true })).toEqual({ outcome: 'rejected' });
    expect(planAccount({ ...NEW, adoptId: '7', isRefused: true })).toEqual({ outcome: 'rejected' });
    expect(planAccount({ ...shows({ name: 'Other' }), isRefused: true })).toEqual({ outcome: 'rejected' });
    expect(planAccount({ ...LINKED, isRefused: true })).toEqual(UNCHANGED);
  });
});

describe('the plan for an account of which Zendesk ignores a field', () => {
  const ignoring = shows({ erp_city: 'SEATTLE' }, { isLatest: true });

  it('is nothing, and names the field', () => {
    expect(planAccount(ignoring)).toEqual({ outcome: 'unchanged', id: '7', ignored: ['erp_city'] });
  });

  it('is to write the other fields that differ, without that one', () => {
    const both = shows({ erp_city: 'SEATTLE', name: 'Other' }, { isLatest: true, written: { erp_city: 'Seattle' } });
    expect(planAccount(both)).toEqual({ operation: 'update', id: '7', fieldsDiffer: true });
    expect(accountChanges(both)).toEqual({
      toWrite: [{ field: 'name', before: 'Other', after: 'Contoso' }],
      ignored: ['erp_city'],
    });
  });

  it('is to add a missing tag all the same', () => {
    const untagged = shows({ erp_city: 'SEATTLE' }, { isLatest: true, ownTags: [] });
    expect(planAccount(untagged)).toEqual({ operation: 'update', id: '7', fieldsDiffer: false });
  });

  it('is to write the field again as soon as the value changes on either side', () => {
    const update = { operation: 'update', id: '7', fieldsDiffer: true };
    expect(planAccount({ ...ignoring, desired: { ...DESIRED, erp_city: 'Lyon' } })).toEqual(update);
    expect(planAccount(shows({ erp_city: 'SEATTLE' }, { isLatest: false }))).toEqual(update);
    expect(planAccount(shows({ erp_city: 'SEATTLE' }, { isLatest: true, written: null }))).toEqual(update);
  });
});

describe('what a write of an account changes', () => {
  it('is everything where no organization is known', () => {
    expect(accountChanges({ desired: DESIRED, known: null }).toWrite.map(({ field }) => field)).toEqual([
      'external_id',
      'name',
      'erp_city',
    ]);
  });
});

describe('an attempt that Zendesk refused', () => {
  it('is the same until what is wanted or what is found has changed', () => {
    const attempt = accountAttempt(LINKED);
    expect(accountAttempt({ desired: { ...DESIRED }, known: { ...SEEN, ownTags: [], written: null } })).toBe(attempt);
    const others = [
      { ...LINKED, desired: { ...DESIRED, name: 'Other' } },
      { ...LINKED, known: null },
      shows({ erp_city: 'Lyon' }),
    ];
    expect(new Set([attempt, ...others.map(accountAttempt)]).size).toBe(4);
  });
});
