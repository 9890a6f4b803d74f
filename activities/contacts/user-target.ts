import {
  lacksOf,
  remarkOf,
  userAttemptText,
  wantedHash,
  type KnownUser,
  type WantedOfUser,
} from '../../domain/contacts/plan-user.ts';
import type { SettledContact } from '../../domain/contacts/reserve-contact.ts';
import { renderUser, type SeenUser, type UserForm } from '../../domain/contacts/user.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';
import { emailDigest } from '../../store/sync/staging.ts';
import { userHash } from '../../store/contacts/users.ts';
import type { Target } from '../sync/target.ts';

/** Contacts become users. An email is sent on create only, and the role never. */
export const USERS: Target = {
  create: (zendesk, rows) => zendesk.createUsers(rows.map(newUserOf)),
  update: (zendesk, rows) =>
    zendesk.updateUsers(
      rows.flatMap((row) => (row.zendeskId === null ? [] : [{ id: row.zendeskId, form: changeOf(row) }])),
    ),
  async show(zendesk, wanted, askedAt) {
    const users = await zendesk.showUsers(wanted);
    return { items: users.map(toShown), findings: { seenUsers: { users, askedAt } } };
  },
  wantedHash: (row) => wantedHash(hashesOf(row), { isStaff: isStaff(row) }),
  attempt: (row) => userAttemptText({ ...hashesOf(row), ...wantedOf(row), known: row.user }),
  isCompleteAfter: (row) =>
    row.operation === 'create' ? settledOf(row).organizationIds.length <= 1 : !lacksOf(wantedOf(row), row.user).some,
  afterWrite(row, id) {
    const form = userOf(row);
    if (row.operation !== 'create') return { writtenUsers: [{ id, isStaff: isStaff(row), form }] };
    const { email, organizationIds } = settledOf(row);
    const ids = organizationIds.slice(0, 1);
    const emails = email === null ? [] : [email];
    return { writtenUsers: [{ id, isStaff: false, form, emails, joined: { ids, own: ids } }] };
  },
  remark: (row) => remarkOf({ ...wantedOf(row), remark: settledOf(row).remark }, row.user),
};

/** What the contact of a row was settled to. */
export function settledOf({ settled }: JobRow): SettledContact {
  if (settled === null) throw new Error('A contact was planned before it was settled.');
  return settled;
}

/** The user that the contact of a row should be. */
function userOf({ record, externalId }: JobRow): UserForm {
  if (record.kind !== 'contact') throw new Error('An account does not become a user.');
  return renderUser(record, externalId);
}

/** What the user of a row should have besides its form. */
export function wantedOf(row: JobRow): WantedOfUser {
  const { email, organizationIds } = settledOf(row);
  return { emailDigest: email === null ? null : row.emailDigest, organizationIds };
}

/** The user to create for a row, with its first organization. */
export function newUserOf(row: JobRow): { form: UserForm; email: string | null; organizationId: string | null } {
  const { email, organizationIds } = settledOf(row);
  return { form: userOf(row), email, organizationId: organizationIds[0] ?? null };
}

/** Of a staff member only the external id is ours. */
function changeOf(row: JobRow): Partial<UserForm> {
  const form = userOf(row);
  return isStaff(row) ? { externalId: form.externalId } : form;
}

function isStaff({ user }: JobRow): boolean {
  return user?.isStaff === true;
}

function hashesOf(row: JobRow): { desiredHash: string; staffHash: string } {
  const form = userOf(row);
  return { desiredHash: userHash(form, false), staffHash: userHash(form, true) };
}

function toShown(user: SeenUser) {
  const { id, externalId, role } = user;
  const formHash = userHash(user, role !== 'end-user');
  const isComplete = (row: JobRow): boolean => {
    const known = row.user ?? asNew(user, formHash);
    return !lacksOf(wantedOf(row), known).some;
  };
  return { id, externalId, formHash, isComplete };
}

/** What a user that has just been created is known by: the address and the organization that Zendesk shows of it. */
function asNew(user: SeenUser, formHash: string): KnownUser {
  const { id, role, isActive, isSuspended, email, organizationId } = user;
  const flags = { isStaff: role !== 'end-user', isActive, isSuspended };
  const organizationIds = organizationId === null ? [] : [organizationId];
  const lists = {
    ownOrganizationIds: [],
    refusedOrganizationIds: [],
    emailDigests: email === null ? [] : [emailDigest(email)],
  };
  return { id, formHash, ...flags, organizationIds, ...lists };
}
