import { describe, expect, it } from '@jest/globals';
import { EMAIL_MISSING } from '../../../domain/contacts/contact-remarks.ts';
import {
  lacksOf,
  planUser,
  userAttempt,
  userChanges,
  userRemark,
  type KnownUser,
  type UserPlanInput,
} from '../../../domain/contacts/plan-user.ts';

/** Values are digests by field. */
const DESIRED = { external_id: 'd1', name: 'd2', erp_job_title: 'd3' };

const NEW: UserPlanInput = {
  desired: DESIRED,
  linkedId: null,
  adoptId: null,
  known: null,
  isRefused: false,
  emailDigest: 'mail',
  organizationIds: ['1'],
};
const SEEN: KnownUser = {
  id: '7',
  values: DESIRED,
  written: DESIRED,
  isLatest: false,
  isStaff: false,
  isActive: true,
  isSuspended: false,
  emailDigests: ['mail'],
  organizationIds: ['1'],
  ownOrganizationIds: ['1'],
  refusedOrganizationIds: [],
};
const EDITED = { ...DESIRED, name: 'edited' };
const UNCHANGED = { outcome: 'unchanged', id: '7', ignored: [] };

const LINKED: UserPlanInput = { ...NEW, linkedId: '7', known: SEEN };
const known = (members: Partial<KnownUser>): UserPlanInput => ({ ...LINKED, known: { ...SEEN, ...members } });

describe('the plan for a contact', () => {
  it('is to create a user where there is none', () => {
    expect(planUser(NEW)).toEqual({ operation: 'create' });
  });

  it('is to adopt the user that was found by its email, whatever is known of it', () => {
    const plan = { operation: 'adopt', id: '7', fieldsDiffer: true };
    expect(planUser({ ...NEW, adoptId: '7' })).toEqual(plan);
    expect(planUser({ ...NEW, adoptId: '7', known: SEEN })).toEqual(plan);
    expect(planUser({ ...NEW, adoptId: '7', known: { ...SEEN, values: EDITED } })).toEqual(plan);
  });

  it('is to link a user that carries our external id, and to update it only when it differs', () => {
    expect(planUser({ ...NEW, known: SEEN })).toEqual(UNCHANGED);
    expect(planUser({ ...NEW, known: { ...SEEN, values: EDITED } })).toEqual({
      operation: 'update',
      id: '7',
      fieldsDiffer: true,
    });
  });

  it('is nothing when the user is as it should be', () => {
    expect(planUser(LINKED)).toEqual(UNCHANGED);
    expect(planUser({ ...LINKED, emailDigest: null })).toEqual(UNCHANGED);
    expect(planUser(known({ values: { ...DESIRED, theirs: 'd9' } }))).toEqual(UNCHANGED);
  });

  it('is to update a user of which nothing is known, or not every field', () => {
    const update = { operation: 'update', id: '7', fieldsDiffer: true };
    expect(planUser({ ...LINKED, known: null })).toEqual(update);
    expect(planUser(known({ values: { external_id: 'd1', name: 'd2' } }))).toEqual(update);
  });

  it('needs no write of fields where only an address or an organization is missing', () => {
    const plan = { operation: 'update', id: '7', fieldsDiffer: false };
    expect(planUser({ ...LINKED, emailDigest: 'new' })).toEqual(plan);
    expect(planUser({ ...LINKED, organizationIds: ['1', '2'] })).toEqual(plan);
    expect(planUser({ ...LINKED, organizationIds: ['2'] })).toEqual(plan);
  });

  it('is to find out who the contact is when its user was deleted', () => {
    expect(planUser(known({ isActive: false }))).toEqual({ operation: 'resolve', id: '7' });
  });

  it('is to reject what Zendesk refused, unless nothing has to be written any more', () => {
    const refused = { ...LINKED, emailDigest: 'new', isRefused: true };
    expect(planUser(refused)).toEqual({ outcome: 'rejected' });
    expect(planUser({ ...NEW, isRefused: true })).toEqual({ outcome: 'rejected' });
    expect(planUser({ ...NEW, adoptId: '7', isRefused: true })).toEqual({ outcome: 'rejected' });
    expect(planUser({ ...known({ isActive: false }), isRefused: true })).toEqual({ outcome: 'rejected' });
    expect(planUser({ ...refused, emailDigest: 'mail' })).toEqual(UNCHANGED);
  });

  it('writes nothing but the external id and the organizations of an agent', () => {
    const agent = {
      ...known({ isStaff: true, values: { external_id: 'd1', name: 'theirs' }, emailDigests: [] }),
      desired: { external_id: 'd1' },
    };
    expect(planUser(agent)).toEqual(UNCHANGED);
    expect(planUser({ ...agent, organizationIds: ['2'] })).toEqual({
      operation: 'update',
      id: '7',
      fieldsDiffer: false,
    });
    expect(planUser({ ...agent, desired: { external_id: 'd0' } })).toMatchObject({ fieldsDiffer: true });
  });
});

describe('the plan for a contact of which Zendesk ignores a field', () => {
  const ignoring = known({ values: EDITED, isLatest: true });

  it('is nothing, and names the field', () => {
    expect(planUser(ignoring)).toEqual({ outcome: 'unchanged', id: '7', ignored: ['name'] });
  });

  it('is to write the other fields that differ, without that one', () => {
    const both = { ...ignoring, desired: { ...DESIRED, erp_job_title: 'd4' } };
    expect(planUser(both)).toEqual({ operation: 'update', id: '7', fieldsDiffer: true });
    expect(userChanges(both)).toEqual({
      toWrite: [{ field: 'erp_job_title', before: 'd3', after: 'd4' }],
      ignored: ['name'],
    });
  });

  it('is to add a missing address all the same', () => {
    expect(planUser({ ...ignoring, emailDigest: 'new' })).toEqual({
      operation: 'update',
      id: '7',
      fieldsDiffer: false,
    });
  });

  it('is to write the field again as soon as the value changes on either side', () => {
    const update = { operation: 'update', id: '7', fieldsDiffer: true };
    expect(planUser({ ...ignoring, desired: { ...DESIRED, name: 'renamed' } })).toEqual(update);
    expect(planUser(known({ values: EDITED, isLatest: false }))).toEqual(update);
    expect(planUser(known({ values: EDITED, isLatest: true, written: null }))).toEqual(update);
  });
});

describe('an attempt that Zendesk refused', () => {
  it('is the same until what is wanted or what is found has changed', () => {
    const refused = { ...LINKED, emailDigest: 'new' };
    const attempt = userAttempt(refused);
    const alike = { ...SEEN, written: null, isLatest: true, emailDigests: [], refusedOrganizationIds: ['9'] };
    expect(userAttempt({ ...refused, desired: { ...DESIRED }, known: alike })).toBe(attempt);
    const changes: readonly Partial<UserPlanInput>[] = [
      { desired: { ...DESIRED, name: 'renamed' } },
      { emailDigest: 'newer' },
      { emailDigest: null },
      { organizationIds: ['2'] },
      { known: { ...SEEN, values: EDITED } },
      { known: { ...SEEN, isActive: false } },
      { known: null },
    ];
    const others = changes.map((change) => userAttempt({ ...refused, ...change }));
    expect(new Set([attempt, ...others]).size).toBe(1 + changes.length);
  });
});

describe('what a user lacks', () => {
  it('is its address and every organization where nothing is known', () => {
    expect(lacksOf(NEW, null)).toEqual({ email: true, join: ['1'], leave: [], kept: [], some: true });
  });

  it('does not include leaving an organization in which the user has unsolved tickets', () => {
    const user = { ...SEEN, organizationIds: ['1', '2'], ownOrganizationIds: ['1', '2'] };
    const wanted = { ...NEW, emailDigest: null, organizationIds: ['2'] };
    expect(lacksOf(wanted, user)).toMatchObject({ leave: ['1'], kept: [], some: true });
    const busy = { ...user, unsolvedOrganizationIds: ['1'] };
    expect(lacksOf(wanted, busy)).toMatchObject({ leave: [], kept: ['1'], some: false });
    expect(userRemark({ ...wanted, remark: null, ignored: [] }, busy)?.code).toBe('kept_for_open_tickets');
    const staying = { ...busy, unsolvedOrganizationIds: ['2'] };
    expect(lacksOf(wanted, staying)).toMatchObject({ leave: ['1'], kept: [] });
  });

  it('includes leaving an organization only where we have added the user to it', () => {
    const user = { ...SEEN, organizationIds: ['1', '5'], ownOrganizationIds: ['1'] };
    expect(lacksOf({ ...NEW, organizationIds: ['2'] }, user)).toMatchObject({ join: ['2'], leave: ['1'] });
  });

  it('includes an organization that Zendesk refused only when the user leaves another one', () => {
    const wanted = { ...NEW, organizationIds: ['1', '2'] };
    const user = { ...SEEN, refusedOrganizationIds: ['2'] };
    expect(lacksOf(wanted, user)).toMatchObject({ join: [], some: false });
    expect(lacksOf({ ...NEW, organizationIds: ['2'] }, user)).toMatchObject({ join: ['2'], leave: ['1'] });
  });

  it('does not include the address of an agent', () => {
    expect(lacksOf({ ...NEW, emailDigest: 'new' }, { ...SEEN, isStaff: true })).toMatchObject({ email: false });
  });
});

describe('the remark on a user', () => {
  const wanted = { emailDigest: null, organizationIds: ['1', '2'], remark: EMAIL_MISSING, ignored: [] };

  it('is about the user before it is about the contact', () => {
    expect(userRemark(wanted, { ...SEEN, isStaff: true, isSuspended: true })?.code).toBe('user_is_staff');
    expect(userRemark(wanted, { ...SEEN, isSuspended: true })?.code).toBe('user_suspended');
    expect(userRemark(wanted, { ...SEEN, refusedOrganizationIds: ['2'] })?.code).toBe('email_missing');
  });

  it('is about the fields that Zendesk ignores where there is nothing else', () => {
    const ignored = ['erp_job_title', 'phone'];
    const user = { ...SEEN, refusedOrganizationIds: ['2'] };
    expect(userRemark({ ...wanted, ignored }, user)?.code).toBe('email_missing');
    const remark = userRemark({ ...wanted, remark: null, ignored }, user);
    expect(remark?.code).toBe('field_ignored');
    expect(remark?.message).toContain('erp_job_title, phone');
  });

  it('is about an organization that was refused, while it is wanted', () => {
    const user = { ...SEEN, refusedOrganizationIds: ['2'] };
    expect(userRemark({ ...wanted, remark: null }, user)?.code).toBe('single_organization');
    expect(userRemark({ ...wanted, remark: null, organizationIds: ['1'] }, user)).toBeNull();
    expect(userRemark({ ...wanted, remark: null }, null)).toBeNull();
  });
});
