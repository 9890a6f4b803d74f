import { describe, expect, it } from '@jest/globals';
import { planContact } from '../../../activities/contacts/plan-user.ts';
import { EMAIL_MISSING, samePerson } from '../../../domain/contacts/contact-remarks.ts';
import { userAttempt, type KnownUser } from '../../../domain/contacts/plan-user.ts';
import type { ContactReservation, ContactReservationResult } from '../../../domain/contacts/reserve-contact.ts';
import { zendeskRefused } from '../../../domain/sync/rejection.ts';
import { contentDigest, valueDigests } from '../../../store/digests.ts';
import type { RowToPlan } from '../../../store/sync/planning.ts';
import { specOf } from '../../fixtures/accounts.ts';
import { contactOf } from '../../fixtures/people-records.ts';

const KEY = { legalEntity: 'usmf', kind: 'contact', key: 'K1' };
const DIGESTS = valueDigests({
  ...{ external_id: 'usmf:K1', name: 'Person K1', phone: null, erp_contact_id: 'K1' },
  ...{ erp_contact_legal_entity: 'usmf', erp_job_title: null },
});
const RESERVED: ContactReservation = {
  ...{ externalId: 'usmf:K1', organizationIds: ['71'], email: 'k1@contoso.example', remark: null, takesOver: null },
};

/** Returns the stored state of a user with all values, addresses and organizations, with changed `members`. */
function known(members: Partial<KnownUser> = {}): KnownUser {
  return {
    ...{
      id: '81',
      values: DIGESTS,
      written: DIGESTS,
      isLatest: true,
      isStaff: false,
      isActive: true,
      isSuspended: false,
    },
    ...{ emailDigests: ['digest'], organizationIds: ['71'], ownOrganizationIds: ['71'], refusedOrganizationIds: [] },
    ...members,
  };
}

type Row = RowToPlan<KnownUser, ContactReservationResult>;

/** Plans the contact K1 with complete reservations, with changed `members`. */
function plan(members: Partial<Row> = {}): ReturnType<typeof planContact> {
  const row: Row = {
    ...{ record: contactOf('K1'), externalId: 'usmf:K1', name: null, linkedId: null, adoptId: null, seen: null },
    ...{ refusedAttempt: null, lastRejection: null, rejection: null, reservation: RESERVED },
    ...{ emailDigest: 'digest', isStale: false, mustWait: false },
  };
  return planContact({ ...row, ...members }, specOf('contact'));
}

describe('the plan of a contact', () => {
  it('is a create if there is no user', () => {
    expect(plan()).toEqual({
      ...KEY,
      ...{ operation: 'create', state: 'planned', zendeskId: null, externalId: 'usmf:K1', name: 'Person K1' },
    });
  });

  it('is an adoption of the user that the resolution of a refusal has chosen', () => {
    expect(plan({ adoptId: '89', seen: known({ id: '89' }) })).toMatchObject({
      ...{ operation: 'adopt', state: 'planned', zendeskId: '89' },
    });
  });

  it('is an update if a value differs', () => {
    const seen = known({ values: { ...DIGESTS, phone: 'other' }, written: null });
    expect(plan({ linkedId: '81', seen })).toMatchObject({ operation: 'update', state: 'planned', zendeskId: '81' });
  });

  it.each([
    ['an address', { emailDigests: [] }],
    ['an organization', { organizationIds: [], ownOrganizationIds: [] }],
    ['the removal of a membership', { ownOrganizationIds: ['71', '72'] }],
  ])('needs no bulk job if its user only lacks %s', (_, members) => {
    expect(plan({ linkedId: '81', seen: known(members) })).toMatchObject({ operation: 'update', state: 'incomplete' });
  });

  it('begins with the resolution of refusals if its user was deleted', () => {
    expect(plan({ linkedId: '81', seen: known({ isActive: false }) })).toMatchObject({
      ...{ operation: 'update', state: 'refused', zendeskId: '81' },
    });
  });

  it('is unchanged if the user has all values, addresses and organizations', () => {
    expect(plan({ linkedId: '81', seen: known() })).toEqual({
      ...KEY,
      ...{ outcome: 'unchanged', zendeskId: undefined, upToDate: true, remark: null },
    });
  });

  it('links a user with its external id that has all values', () => {
    expect(plan({ seen: known() })).toMatchObject({ outcome: 'unchanged', zendeskId: '81' });
  });

  it('compares only the external id of an agent, without addresses', () => {
    const seen = known({ isStaff: true, values: valueDigests({ external_id: 'usmf:K1' }), emailDigests: [] });
    expect(plan({ linkedId: '81', seen })).toMatchObject({ outcome: 'unchanged', remark: { code: 'user_is_staff' } });
  });

  it('ignores addresses if none is reserved, and has the remark of the reservation', () => {
    const reservation = { ...RESERVED, email: null, remark: EMAIL_MISSING };
    const seen = known({ emailDigests: [] });
    expect(plan({ linkedId: '81', seen, reservation })).toMatchObject({ outcome: 'unchanged', remark: EMAIL_MISSING });
  });

  it('has a remark if Zendesk shows another value of a field than was written last', () => {
    const seen = known({ values: { ...DIGESTS, phone: 'other' } });
    expect(plan({ linkedId: '81', seen })).toMatchObject({ outcome: 'unchanged', remark: { code: 'field_ignored' } });
  });

  it('is skipped, unchanged because of another contact of the person, or rejected, according to the reservation', () => {
    const rejection = zendeskRefused('No.');
    const remark = samePerson('usmf/contact/K0');
    expect(plan({ reservation: { skipped: EMAIL_MISSING } })).toEqual({
      ...KEY,
      outcome: 'skipped',
      remark: EMAIL_MISSING,
    });
    expect(plan({ reservation: { follows: { ...KEY, key: 'K0' }, remark } })).toEqual({
      ...{ ...KEY, outcome: 'unchanged', remark },
    });
    expect(plan({ reservation: { rejection } })).toEqual({ ...KEY, outcome: 'rejected', remark: rejection });
  });

  it('is unchanged if another run has applied a later reading of the contact', () => {
    const lastRejection = zendeskRefused('No.');
    expect(plan({ isStale: true, lastRejection })).toEqual({ ...KEY, outcome: 'unchanged', remark: lastRejection });
  });

  it('requires a reservation', () => {
    expect(() => plan({ reservation: null })).toThrow(Error);
  });
});

describe('the plan of a contact whose attempt Zendesk has refused', () => {
  const attempt = userAttempt({ desired: DIGESTS, known: null, emailDigest: 'digest', organizationIds: ['71'] });
  const refusedAttempt = contentDigest(attempt);

  it('is the same rejection as long as nothing has changed', () => {
    const lastRejection = zendeskRefused('No.');
    expect(plan({ refusedAttempt, lastRejection })).toEqual({
      ...{ ...KEY, outcome: 'rejected', remark: lastRejection, refusedAttempt },
    });
    expect(plan({ refusedAttempt })).toMatchObject({ outcome: 'rejected', remark: { code: 'zendesk_refused' } });
  });

  it.each([
    ['its address', { emailDigest: 'other' }],
    ['its organizations', { reservation: { ...RESERVED, organizationIds: ['72'] } }],
    ['the stored state of its user', { seen: known({ emailDigests: [] }) }],
  ])('is another attempt if %s has changed', (_, members) => {
    expect(plan({ refusedAttempt, ...members })).toHaveProperty('operation');
  });

  it('is the same rejection for a deleted user whose recreation was refused', () => {
    const seen = known({ isActive: false });
    const again = userAttempt({ desired: DIGESTS, known: seen, emailDigest: 'digest', organizationIds: ['71'] });
    const members = { linkedId: '81', seen, refusedAttempt: contentDigest(again) };
    expect(plan(members)).toMatchObject({ outcome: 'rejected' });
  });
});
