import type { Contact } from '../../domain/contacts/contact.ts';
import { planUser, remarkOf, wantedHash, type WantedOfUser } from '../../domain/contacts/plan-user.ts';
import type { RecordKey } from '../../domain/sync/record.ts';
import { zendeskRefused } from '../../domain/sync/rejection.ts';
import type { SettledContact } from '../../domain/contacts/reserve-contact.ts';
import { renderUser } from '../../domain/contacts/user.ts';
import type { PlannedOperation } from '../../store/sync/claims.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { RowToPlan } from '../../store/sync/planning.ts';
import { userHash } from '../../store/contacts/users.ts';

/** Plans one contact: what to do about its user, or the outcome where nothing is to be done. */
export function planContact(row: RowToPlan): RecordOutcome | PlannedOperation {
  const { record, settled } = row;
  if (record.kind !== 'contact' || settled === null) throw new Error('A contact was planned before it was settled.');
  const contact: RecordKey = { legalEntity: record.legalEntity, kind: 'contact', key: record.key };
  if ('skipped' in settled) return { ...contact, outcome: 'skipped', remark: settled.skipped };
  if ('follows' in settled) return { ...contact, outcome: 'unchanged', remark: settled.remark };
  if ('rejection' in settled) return { ...contact, outcome: 'rejected', remark: settled.rejection };
  if (row.overtaken) return { ...contact, outcome: 'unchanged', remark: row.lastRejection };
  return planSettled(contact, { row, record, settled });
}

function planSettled(
  contact: RecordKey,
  { row, record, settled }: { row: RowToPlan; record: Contact; settled: SettledContact },
): RecordOutcome | PlannedOperation {
  const { externalId, organizationIds, email, remark } = settled;
  const { linkedId, adoptId, refusedAttempt, user: known, writtenHash } = row;
  const form = renderUser(record, externalId);
  const hashes = { desiredHash: userHash(form, false), staffHash: userHash(form, true) };
  const wanted: WantedOfUser = { emailDigest: email === null ? null : row.emailDigest, organizationIds };
  const plan = planUser({ ...hashes, ...wanted, linkedId, adoptId, known, refusedAttempt });
  if ('operation' in plan) {
    const zendeskId = 'id' in plan ? plan.id : null;
    return { ...contact, ...startOf(plan), zendeskId, externalId, name: form.name };
  }
  if (plan.outcome === 'rejected') {
    const refusal = row.lastRejection ?? zendeskRefused('it said nothing more.');
    return { ...contact, outcome: 'rejected', remark: refusal, refusedAttempt: refusedAttempt ?? undefined };
  }
  const hash = wantedHash(hashes, { isStaff: known?.isStaff === true });
  const isNews = linkedId !== plan.id || writtenHash !== hash;
  const written = isNews ? { zendeskId: plan.id, hash } : undefined;
  return { ...contact, outcome: 'unchanged', written, upToDate: true, remark: remarkOf({ ...wanted, remark }, known) };
}

/** Where an operation begins: with a bulk job, behind it where the form is right already, or with a look-up of who it is. */
function startOf(
  plan: Extract<ReturnType<typeof planUser>, { operation: string }>,
): Pick<PlannedOperation, 'operation' | 'state'> {
  if (plan.operation === 'resolve') return { operation: 'update', state: 'refused' };
  if (plan.operation === 'create') return { operation: 'create', state: 'planned' };
  return { operation: plan.operation, state: plan.form ? 'planned' : 'incomplete' };
}
