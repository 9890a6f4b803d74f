import {
  userAttempt,
  userChanges,
  userRemark,
  type KnownUser,
  type WantedOfUser,
} from '../../domain/contacts/plan-user.ts';
import { refusalWithoutAddress } from '../../domain/contacts/email.ts';
import type { ContactReservation } from '../../domain/contacts/reserve-contact.ts';
import { renderUser, userPart, userValues, type UserForm } from '../../domain/contacts/user.ts';
import type { EntitySpec } from '../../domain/entity-spec.ts';
import { valuesAfter } from '../../domain/sync/diff.ts';
import type { Values } from '../../domain/sync/field-value.ts';
import { keyOf } from '../../domain/sync/record.ts';
import { withRepairs, type Remark } from '../../domain/sync/rejection.ts';
import type { RefusedEmail } from '../../store/contacts/users.ts';
import { valueDigests } from '../../store/digests.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';

/** A row whose record becomes a user. */
export type UserRow = JobRow<KnownUser, ContactReservation>;

/** Returns the reservations of a row. Throws an Error when there are none. */
export function reservationOf({ reservation }: UserRow): ContactReservation {
  if (reservation === null) throw new Error('A contact was planned before anything was reserved for it.');
  return reservation;
}

/** Returns whether the user of a row is an agent or admin. Only the external id of such a user is written. */
export function isStaff({ seen }: UserRow): boolean {
  return seen?.isStaff === true;
}

/** Returns the desired user of a row. */
function userOf({ record, externalId }: UserRow, { mapping }: EntitySpec): UserForm {
  return renderUser(record, externalId, mapping);
}

/** Returns digests of all desired values of the user of a row. */
export function desiredDigests(row: UserRow, spec: EntitySpec): Values {
  return valueDigests(userValues(userOf(row, spec), isStaff(row)));
}

/** Returns digests of the values that a write of the row sends: all values for a create, or else those that differ. */
export function sentDigests(row: UserRow, spec: EntitySpec): Values {
  const desired = desiredDigests(row, spec);
  return row.operation === 'create' ? desired : valuesAfter(userChanges({ desired, known: row.seen }).toWrite);
}

/** Returns the part of the user that an update of the row sends. */
export function changeOf(row: UserRow, spec: EntitySpec): Partial<UserForm> {
  return userPart(userOf(row, spec), new Set(Object.keys(sentDigests(row, spec))));
}

/** Returns the address and the organizations that the user of a row should have. */
export function wantedOf(row: UserRow): WantedOfUser {
  const { email, organizationIds } = reservationOf(row);
  return { emailDigest: email === null ? null : row.emailDigest, organizationIds };
}

/** Returns the user to create for a row, with its first organization. */
export function newUserOf(
  row: UserRow,
  spec: EntitySpec,
): { form: UserForm; email: string | null; organizationId: string | null } {
  const { email, organizationIds } = reservationOf(row);
  return { form: userOf(row, spec), email, organizationId: organizationIds[0] ?? null };
}

/** Returns the refused address of a row as it is stored. `refusal` is the text of Zendesk. */
export function refusedEmailOf(row: UserRow, refusal: string): RefusedEmail {
  const reason = refusalWithoutAddress(refusal, reservationOf(row).email ?? '');
  return { ...keyOf(row.record), digest: row.emailDigest ?? '', reason };
}

/** Returns a text that identifies an attempt to write the row. */
export function attemptOf(row: UserRow, spec: EntitySpec): string {
  return userAttempt({ desired: desiredDigests(row, spec), known: row.seen, ...wantedOf(row) });
}

/** Returns the remark on a row that was written, or null. */
export function remarkOf(row: UserRow, ignored: readonly string[]): Remark | null {
  const remark = userRemark({ ...wantedOf(row), remark: reservationOf(row).remark, ignored }, row.seen);
  return withRepairs(row.record.repaired, remark);
}
