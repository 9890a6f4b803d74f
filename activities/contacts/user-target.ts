import { lacksOf, type KnownUser } from '../../domain/contacts/plan-user.ts';
import type { ContactReservation } from '../../domain/contacts/reserve-contact.ts';
import { userValues, type SeenUser } from '../../domain/contacts/user.ts';
import { emailDigest, valueDigests } from '../../store/digests.ts';
import type { Shown, Target } from '../sync/target.ts';
import { completeUser } from './complete-user.ts';
import { planContact } from './plan-user.ts';
import { compareUsers, readUnknownUsers } from './read-users.ts';
import { rankContacts, reserveContacts, reserveContactsAgain } from './reserve-contacts.ts';
import { resolveUsers } from './resolve-users.ts';
import { contactChanges } from './user-changes.ts';
import {
  attemptOf,
  changeOf,
  desiredDigests,
  isStaff,
  newUserOf,
  remarkOf,
  reservationOf,
  sentDigests,
  wantedOf,
  type UserRow,
} from './user-row.ts';

/**
 * The target of contacts: users. An email is sent on create only, and the role never. Values are compared by their
 * digests.
 */
export const USERS: Target<KnownUser, ContactReservation> = {
  readChanges: readUnknownUsers,
  compare: compareUsers,
  rank: rankContacts,
  reserve: reserveContacts,
  reserveAgain: reserveContactsAgain,
  plan: planContact,
  changes: contactChanges,
  desired: desiredDigests,
  sent: sentDigests,
  // The next run plans a refused adoption as a create, because only the resolution of refusals finds the user.
  attempt: (row, spec) => attemptOf(row.operation === 'adopt' ? { ...row, seen: null } : row, spec),
  remark: remarkOf,
  create: (zendesk, rows, spec) => zendesk.createUsers(rows.map((row) => newUserOf(row, spec))),
  update: (zendesk, rows, spec) =>
    zendesk.updateUsers(
      rows.flatMap((row) => (row.zendeskId === null ? [] : [{ id: row.zendeskId, form: changeOf(row, spec) }])),
    ),
  async createOne(zendesk, row, { spec, askedAt, mapped }) {
    const user = await zendesk.createUser(newUserOf(row, spec));
    return { item: toShown(user), changes: { users: { seen: { items: [user], askedAt, mapped } } } };
  },
  async show(zendesk, wanted, { askedAt, mapped }) {
    const users = await zendesk.showUsers(wanted);
    return { items: users.map(toShown), changes: { users: { seen: { items: users, askedAt, mapped } } } };
  },
  isCompleteAfter: (row) =>
    row.operation === 'create'
      ? reservationOf(row).organizationIds.length <= 1
      : !lacksOf(wantedOf(row), row.seen).some,
  afterWrite(row, { id, at: writtenAt, isShown, spec }) {
    const written = { id, isStaff: isStaff(row), written: sentDigests(row, spec), writtenAt, isShown };
    if (row.operation !== 'create') return { users: { written: [{ ...written, externalId: row.externalId }] } };
    const { email, organizationIds } = reservationOf(row);
    const ids = organizationIds.slice(0, 1);
    const emails = email === null ? [] : [email];
    const joined = { ids, own: ids };
    return { users: { written: [{ ...written, externalId: row.externalId, emails, joined }] } };
  },
  complete: completeUser,
  resolve: resolveUsers,
};

function toShown(user: SeenUser): Shown<KnownUser, ContactReservation> {
  const { id, externalId, role, updatedAt } = user;
  const values = valueDigests(userValues(user, role !== 'end-user'));
  const isComplete = (row: UserRow): boolean => !lacksOf(wantedOf(row), row.seen ?? asNew(user)).some;
  return { id, externalId, values, updatedAt, isComplete };
}

/** Returns a user that was just created as a known user, with the address and the organization that Zendesk shows. */
function asNew(user: SeenUser): KnownUser {
  const { id, role, isActive, isSuspended, email, organizationId } = user;
  return {
    ...{ id, isActive, isSuspended, values: {}, written: null, isLatest: false },
    isStaff: role !== 'end-user',
    emailDigests: email === null ? [] : [emailDigest(email)],
    organizationIds: organizationId === null ? [] : [organizationId],
    ownOrganizationIds: [],
    refusedOrganizationIds: [],
  };
}
