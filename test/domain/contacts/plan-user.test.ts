import { describe, expect, it } from '@jest/globals';
import { EMAIL_MISSING } from '../../../domain/contacts/contact-remarks.ts';
import {
  lacksOf,
  planUser,
  remarkOf,
  userAttemptText,
  type KnownUser,
  type UserPlanInput,
} from '../../../domain/contacts/plan-user.ts';

const NEW: UserPlanInput = {
  desiredHash: 'want',
  staffHash: 'staff',
  linkedId: null,
  adoptId: null,
  known: null,
  refusedAttempt: null,
  emailDigest: 'mail',
  organizationIds: ['1'],
};
const SEEN: KnownUser = {
  id: '7',
  formHash: 'want',
  isStaff: false,
  isActive: true,
  isSuspended: false,
  emailDigests: ['mail'],
  organizationIds: ['1'],
  ownOrganizationIds: ['1'],
  refusedOrganizationIds: [],
};
const LINKED: UserPlanInput = { ...NEW, linkedId: '7', known: SEEN };
const known = (members: Partial<KnownUser>): UserPlanInput => ({ ...LINKED, known: { ...SEEN, ...members } });

describe('planning a contact', () => {
  it('creates what is nowhere', () => {
    expect(planUser(NEW)).toEqual({ operation: 'create' });
  });

  it('adopts the user that was found by its email, whatever is known of it', () => {
    const plan = { operation: 'adopt', id: '7', form: true };
    expect(planUser({ ...NEW, adoptId: '7' })).toEqual(plan);
    expect(planUser({ ...NEW, adoptId: '7', known: { ...SEEN, formHash: 'theirs' } })).toEqual(plan);
  });

  it('links a user that carries our external id, and updates it only when it differs', () => {
    expect(planUser({ ...NEW, known: SEEN })).toEqual({ outcome: 'unchanged', id: '7' });
    expect(planUser({ ...NEW, known: { ...SEEN, formHash: 'other' } })).toEqual({
      operation: 'update',
      id: '7',
      form: true,
    });
  });

  it('asks for nothing when the user is as it should be', () => {
    expect(planUser(LINKED)).toEqual({ outcome: 'unchanged', id: '7' });
    expect(planUser({ ...LINKED, emailDigest: null })).toEqual({ outcome: 'unchanged', id: '7' });
  });

  it('needs no bulk write where only an address or an organization is missing', () => {
    const plan = { operation: 'update', id: '7', form: false };
    expect(planUser({ ...LINKED, emailDigest: 'new' })).toEqual(plan);
    expect(planUser({ ...LINKED, organizationIds: ['1', '2'] })).toEqual(plan);
  });

  it('looks up who a contact is whose user was deleted', () => {
    expect(planUser(known({ isActive: false }))).toEqual({ operation: 'resolve', id: '7' });
  });

  it('does not try again what was refused, until anything about it has changed', () => {
    const wanted = { ...LINKED, emailDigest: 'new' };
    const refused = { ...wanted, refusedAttempt: userAttemptText(wanted) };
    expect(planUser(refused)).toEqual({ outcome: 'rejected' });
    for (const change of [
      { desiredHash: 'renamed' },
      { emailDigest: 'newer' },
      { organizationIds: ['2'] },
      { known: { ...SEEN, formHash: 'edited' } },
      { known: { ...SEEN, isActive: false } },
    ])
      expect(planUser({ ...refused, ...change })).toHaveProperty('operation');
    expect(planUser({ ...refused, emailDigest: 'mail' })).toEqual({ outcome: 'unchanged', id: '7' });
  });

  it('writes nothing but the external id and the organizations of an agent', () => {
    const agent = known({ isStaff: true, formHash: 'staff', emailDigests: [] });
    expect(planUser(agent)).toEqual({ outcome: 'unchanged', id: '7' });
    expect(planUser({ ...agent, organizationIds: ['2'] })).toMatchObject({ operation: 'update', form: false });
  });
});

describe('what a user lacks', () => {
  it('is everything where nothing is known', () => {
    expect(lacksOf(NEW, null)).toEqual({ email: true, join: ['1'], leave: [], some: true });
  });

  it('is left of organizations only where we have put the user', () => {
    const user = { ...SEEN, organizationIds: ['1', '5'], ownOrganizationIds: ['1'] };
    expect(lacksOf({ ...NEW, organizationIds: ['2'] }, user)).toMatchObject({ join: ['2'], leave: ['1'] });
  });

  it('never is an organization that Zendesk refused, unless the user leaves another', () => {
    const wanted = { ...NEW, organizationIds: ['1', '2'] };
    const user = { ...SEEN, refusedOrganizationIds: ['2'] };
    expect(lacksOf(wanted, user)).toMatchObject({ join: [], some: false });
    expect(lacksOf({ ...NEW, organizationIds: ['2'] }, user)).toMatchObject({ join: ['2'], leave: ['1'] });
  });

  it('is never an address of an agent', () => {
    expect(lacksOf({ ...NEW, emailDigest: 'new' }, { ...SEEN, isStaff: true })).toMatchObject({ email: false });
  });
});

describe('the remark on a user', () => {
  const wanted = { emailDigest: null, organizationIds: ['1', '2'], remark: EMAIL_MISSING };

  it('tells of the user before it tells of the contact', () => {
    expect(remarkOf(wanted, { ...SEEN, isStaff: true, isSuspended: true })?.code).toBe('user_is_staff');
    expect(remarkOf(wanted, { ...SEEN, isSuspended: true })?.code).toBe('user_suspended');
    expect(remarkOf(wanted, { ...SEEN, refusedOrganizationIds: ['2'] })?.code).toBe('email_missing');
  });

  it('tells that an organization was refused, while it is wanted', () => {
    const user = { ...SEEN, refusedOrganizationIds: ['2'] };
    expect(remarkOf({ ...wanted, remark: null }, user)?.code).toBe('single_organization');
    expect(remarkOf({ ...wanted, remark: null, organizationIds: ['1'] }, user)).toBeNull();
    expect(remarkOf({ ...wanted, remark: null }, null)).toBeNull();
  });
});
