import {
  organizationValues,
  renderOrganization,
  type KnownOrganization,
  type OrganizationForm,
} from '../../domain/accounts/organization.ts';
import { accountChanges } from '../../domain/accounts/plan-account.ts';
import type { EntitySpec } from '../../domain/entity-spec.ts';
import { valuesAfter } from '../../domain/sync/diff.ts';
import type { Values } from '../../domain/sync/field-value.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';

/** A row whose record becomes an organization. It has no reservations besides external id and name. */
export type OrganizationRow = JobRow<KnownOrganization>;

/** Returns the desired organization of a row. */
export function organizationOf({ record, externalId, name }: OrganizationRow, spec: EntitySpec): OrganizationForm {
  return renderOrganization(record, { externalId, name }, spec.mapping);
}

/** Returns all desired values of the organization of a row. */
export function desiredValues(row: OrganizationRow, spec: EntitySpec): Values {
  return organizationValues(organizationOf(row, spec));
}

/** Returns the values that a write of the row sends: all values for a create, or else those that differ. */
export function sentValues(row: OrganizationRow, spec: EntitySpec): Values {
  const desired = desiredValues(row, spec);
  if (row.operation === 'create') return desired;
  return valuesAfter(accountChanges({ desired, known: row.seen }).toWrite);
}
