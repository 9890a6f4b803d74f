import { planUser, userAttempt, userRemark, type KnownUser, type UserPlan } from '../../domain/contacts/plan-user.ts';
import type { ContactReservation, ContactReservationResult } from '../../domain/contacts/reserve-contact.ts';
import { renderUser, userValues } from '../../domain/contacts/user.ts';
import type { EntitySpec } from '../../domain/entity-spec.ts';
import { keyOf } from '../../domain/sync/record.ts';
import { withRepairs, zendeskRefused, zendeskUnreadable } from '../../domain/sync/rejection.ts';
import { contentDigest, valueDigests } from '../../store/digests.ts';
import type { PlannedOperation } from '../../store/sync/claims.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { RowToPlan } from '../../store/sync/planning.ts';
import { isSameAttempt } from '../sync/attempts.ts';

type ContactRow = RowToPlan<KnownUser, ContactReservationResult>;

/** Plans one contact: an operation on its user, or the outcome if no operation is needed. */
export function planContact(row: ContactRow, spec: EntitySpec): RecordOutcome | PlannedOperation {
  const { record, reservation } = row;
  const contact = keyOf(record);
  if (reservation === null) throw new Error('A contact was planned before anything was reserved for it.');
  if ('skipped' in reservation) return { ...contact, outcome: 'skipped', remark: reservation.skipped };
  if ('follows' in reservation) return { ...contact, outcome: 'unchanged', remark: reservation.remark };
  if ('rejection' in reservation) return { ...contact, outcome: 'rejected', remark: reservation.rejection };
  if (row.isStale) return { ...contact, outcome: 'unchanged', remark: row.lastRejection };
  return planReserved(row, reservation, spec);
}

function planReserved(
  row: ContactRow,
  { externalId, organizationIds, email, remark }: ContactReservation,
  { mapping }: EntitySpec,
): RecordOutcome | PlannedOperation {
  const { record, linkedId, adoptId, seen: known } = row;
  const contact = keyOf(record);
  if (known?.defect) return { ...contact, outcome: 'rejected', remark: zendeskUnreadable(known.id, known.defect) };
  const form = renderUser(record, externalId, mapping);
  const wanted = { emailDigest: email === null ? null : row.emailDigest, organizationIds };
  const input = { desired: valueDigests(userValues(form, known?.isStaff === true)), known, ...wanted };
  const attempt = userAttempt(input);
  const plan = planUser({ ...input, linkedId, adoptId, isRefused: isSameAttempt(row.refusedAttempt, attempt) });
  if ('operation' in plan) {
    const zendeskId = 'id' in plan ? plan.id : null;
    return { ...contact, ...startOf(plan), zendeskId, externalId, name: form.name };
  }
  if (plan.outcome === 'rejected') {
    const refusal = row.lastRejection ?? zendeskRefused('it gave no reason.');
    return { ...contact, outcome: 'rejected', remark: refusal, refusedAttempt: contentDigest(attempt) };
  }
  const zendeskId = linkedId === plan.id ? undefined : plan.id;
  const note = withRepairs(record.repaired, userRemark({ ...wanted, remark, ignored: plan.ignored }, known));
  return { ...contact, outcome: 'unchanged', zendeskId, upToDate: true, remark: note };
}

/** Returns the first step of an operation: a bulk job, completing if the form is right, or a look-up of the user. */
function startOf(plan: Extract<UserPlan, { operation: string }>): Pick<PlannedOperation, 'operation' | 'state'> {
  if (plan.operation === 'resolve') return { operation: 'update', state: 'refused' };
  if (plan.operation === 'create') return { operation: 'create', state: 'planned' };
  return { operation: plan.operation, state: plan.fieldsDiffer ? 'planned' : 'incomplete' };
}
