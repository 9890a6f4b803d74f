import { renderOrganization, TAG_OF_KIND, type OrganizationForm } from '../../domain/accounts/organization.ts';
import { planAccount, type Plan } from '../../domain/accounts/plan-account.ts';
import type { RecordKey } from '../../domain/sync/record.ts';
import { zendeskRefused } from '../../domain/sync/rejection.ts';
import type { PlannedOperation } from '../../store/sync/claims.ts';
import { formHash } from '../../store/accounts/organizations.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { RowToPlan } from '../../store/sync/planning.ts';

/** Plans one account: what to do about its organization, or the outcome where nothing is to be done. */
export function planOrganization(row: RowToPlan): RecordOutcome | PlannedOperation {
  const { record, externalId, name, linkedId, adoptId, known, writtenHash, refusedAttempt } = row;
  if (record.kind === 'contact') throw new Error('A contact does not become an organization.');
  const account: RecordKey = { legalEntity: record.legalEntity, kind: record.kind, key: record.key };
  if (row.rejection !== null) return { ...account, outcome: 'rejected', remark: row.rejection };
  if (row.overtaken) return { ...account, outcome: 'unchanged' };
  if (externalId === null || name === null)
    throw new Error('An account was planned before its external id and name were settled.');
  const form = renderOrganization(record, { externalId, name });
  const tag = TAG_OF_KIND[record.kind];
  const input = {
    desiredHash: formHash(form),
    tag,
    linkedId,
    adoptId,
    known,
    writtenHash,
    refusedHash: refusedAttempt,
  };
  return outcomeOf(account, { row, form, plan: planAccount(input) });
}

function outcomeOf(
  account: RecordKey,
  at: { row: RowToPlan; form: OrganizationForm; plan: Plan },
): RecordOutcome | PlannedOperation {
  const { row, form, plan } = at;
  const desiredHash = formHash(form);
  if ('operation' in plan) {
    const { externalId, name } = form;
    return { ...account, operation: plan.operation, zendeskId: 'id' in plan ? plan.id : null, externalId, name };
  }
  if (plan.outcome === 'rejected') {
    const remark = row.lastRejection ?? zendeskRefused('it said nothing more.');
    return { ...account, outcome: 'rejected', remark, refusedAttempt: row.refusedAttempt ?? undefined };
  }
  const isNews = row.linkedId !== plan.id || row.writtenHash !== desiredHash;
  const written = isNews ? { zendeskId: plan.id, hash: desiredHash } : undefined;
  return { ...account, outcome: 'unchanged', written, upToDate: true };
}
