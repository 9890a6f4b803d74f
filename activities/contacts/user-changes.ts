import { MASK, masked } from '../../domain/contacts/mask.ts';
import { lacksOf, userChanges, type KnownUser } from '../../domain/contacts/plan-user.ts';
import type { ContactReservationResult } from '../../domain/contacts/reserve-contact.ts';
import { renderUser, userValues } from '../../domain/contacts/user.ts';
import type { EntitySpec } from '../../domain/entity-spec.ts';
import type { FieldChange } from '../../domain/sync/diff.ts';
import type { Values } from '../../domain/sync/field-value.ts';
import { ORGANIZATIONS_OF_USER, type PlannedFieldChange } from '../../domain/sync/planned-change.ts';
import { valueDigests } from '../../store/digests.ts';
import type { PlannedOperation } from '../../store/sync/claims.ts';
import type { RowToPlan } from '../../store/sync/planning.ts';
import type { PlannedWrite } from '../sync/target.ts';

/**
 * Returns what a planned operation changes on a user. Shown values are masked, except the external id, which contains
 * no personal data. The exact ones are digests.
 */
export function contactChanges(
  row: RowToPlan<KnownUser, ContactReservationResult>,
  { operation, externalId }: PlannedOperation,
  { mapping }: EntitySpec,
): PlannedWrite {
  const { record, reservation } = row;
  if (reservation === null || !('organizationIds' in reservation)) return { shown: [], exact: [] };
  const known = operation === 'create' ? null : row.seen;
  const values = userValues(renderUser(record, externalId, mapping), known?.isStaff === true);
  const { toWrite } = userChanges({ desired: valueDigests(values), known });
  const { email, organizationIds } = reservation;
  const wanted = { emailDigest: email === null ? null : row.emailDigest, organizationIds };
  const lacks = lacksOf(wanted, known);
  const emails = lacks.email ? [{ field: 'email', before: null, after: masked(email) }] : [];
  const joined = membershipChange(known, lacks);
  return {
    shown: [...toWrite.map((change) => shownOf(change, values)), ...emails, ...joined],
    exact: [
      ...toWrite.map(({ field, before, after }) => ({ field, before: before ?? null, after })),
      ...emails.map((change) => ({ ...change, after: wanted.emailDigest })),
      ...joined,
    ],
  };
}

function shownOf({ field, before, after }: FieldChange, values: Values): PlannedFieldChange {
  const value = values[field] ?? null;
  // The stored value of a user is a digest, and an external id is only known as it will be.
  const hidden = before === undefined || before === null ? null : MASK;
  if (field === 'external_id') return { field, before: hidden, after: value };
  return { field, before: hidden, after: after === null ? null : masked(value) };
}

function membershipChange(
  known: KnownUser | null,
  { join, leave }: Pick<ReturnType<typeof lacksOf>, 'join' | 'leave'>,
): readonly PlannedFieldChange[] {
  if (join.length === 0 && leave.length === 0) return [];
  const before = known?.organizationIds ?? [];
  const after = [...before.filter((id) => !leave.includes(id)), ...join];
  return [{ field: ORGANIZATIONS_OF_USER, before: [...before], after }];
}
