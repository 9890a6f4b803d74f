import { organizationValues, renderOrganization, type KnownOrganization } from '../../domain/accounts/organization.ts';
import { accountChanges } from '../../domain/accounts/plan-account.ts';
import type { EntitySpec } from '../../domain/entity-spec.ts';
import type { PlannedFieldChange } from '../../domain/sync/planned-change.ts';
import type { PlannedOperation } from '../../store/sync/claims.ts';
import type { RowToPlan } from '../../store/sync/planning.ts';
import type { PlannedWrite } from '../sync/target.ts';

/** Returns what a planned operation changes on an organization, field by field. */
export function organizationChanges(
  { record, seen }: RowToPlan<KnownOrganization>,
  { operation, externalId, name }: PlannedOperation,
  { mapping }: EntitySpec,
): PlannedWrite {
  const known = operation === 'create' ? null : seen;
  const desired = organizationValues(renderOrganization(record, { externalId, name }, mapping));
  const { toWrite } = accountChanges({ desired, known });
  const fields: PlannedFieldChange[] = toWrite.map(({ field, before, after }) => ({
    field,
    before: before ?? null,
    after,
  }));
  const changes = fields.filter(({ before, after }) => operation !== 'create' || before !== after);
  const ownTags = known?.ownTags ?? [];
  const lacking = mapping.tags.filter((tag) => !ownTags.includes(tag));
  const tags = lacking.length === 0 ? [] : [{ field: 'tags', before: [...ownTags], after: [...ownTags, ...lacking] }];
  const all = [...changes, ...tags];
  return { shown: all, exact: all };
}
