import { organizationValues, renderOrganization, type KnownOrganization } from '../../domain/accounts/organization.ts';
import { accountAttempt, planAccount } from '../../domain/accounts/plan-account.ts';
import { accountRemark } from '../../domain/accounts/renumbering-remarks.ts';
import type { EntitySpec } from '../../domain/entity-spec.ts';
import { keyOf } from '../../domain/sync/record.ts';
import { zendeskRefused, zendeskUnreadable } from '../../domain/sync/rejection.ts';
import { contentDigest } from '../../store/digests.ts';
import type { PlannedOperation } from '../../store/sync/claims.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { RowToPlan } from '../../store/sync/planning.ts';
import { isSameAttempt } from '../sync/attempts.ts';

/** Plans one account: an operation on its organization, or the outcome if no operation is needed. */
export function planOrganization(
  row: RowToPlan<KnownOrganization>,
  { mapping }: EntitySpec,
): RecordOutcome | PlannedOperation {
  const { record, externalId, name, linkedId, adoptId, seen: known, refusedAttempt } = row;
  const account = keyOf(record);
  if (row.rejection !== null) return { ...account, outcome: 'rejected', remark: row.rejection };
  if (row.isStale) return { ...account, outcome: 'unchanged' };
  if (externalId === null || name === null)
    throw new Error('An account was planned before its external id and name were reserved.');
  if (known?.defect) return { ...account, outcome: 'rejected', remark: zendeskUnreadable(known.id, known.defect) };
  const desired = organizationValues(renderOrganization(record, { externalId, name }, mapping));
  const attempt = accountAttempt({ desired, known });
  const isRefused = isSameAttempt(refusedAttempt, attempt);
  const plan = planAccount({ desired, tags: mapping.tags, linkedId, adoptId, known, isRefused });
  if ('operation' in plan) {
    const isLacking = 'fieldsDiffer' in plan && !plan.fieldsDiffer;
    const state = isLacking ? ('incomplete' as const) : ('planned' as const);
    return { ...account, operation: plan.operation, state, zendeskId: 'id' in plan ? plan.id : null, externalId, name };
  }
  if (plan.outcome === 'rejected') {
    const remark = row.lastRejection ?? zendeskRefused('it gave no reason.');
    return { ...account, outcome: 'rejected', remark, refusedAttempt: contentDigest(attempt) };
  }
  const remark = accountRemark(row, plan.ignored);
  const zendeskId = linkedId === plan.id ? undefined : plan.id;
  return { ...account, outcome: 'unchanged', zendeskId, remark, upToDate: true };
}
