import type { KnownOrganization } from '../../../../domain/accounts/organization.ts';
import type { KnownUser } from '../../../../domain/contacts/plan-user.ts';
import { mappedParts } from '../../../../domain/sync/mapping.ts';
import type { Values } from '../../../../domain/sync/field-value.ts';
import { desiredValues } from '../../../../activities/accounts/organization-row.ts';
import type { OpenSlice } from '../../../../activities/sync/open-slice.ts';
import type { Shown } from '../../../../activities/sync/target.ts';
import type { UserRow } from '../../../../activities/contacts/user-row.ts';
import type { JobRow } from '../../../../store/sync/job-rows.ts';
import type { Job } from '../../../../store/sync/jobs.ts';
import type { JobItem } from '../../../../store/sync/tables.ts';
import { account, specOf, TEST_SETTINGS } from '../../../fixtures/accounts.ts';
import { contactOf } from '../../../fixtures/people-records.ts';

/** Returns a slice of customers, or of another kind, for tests without a store. */
export function openSliceOf(kind = 'customer'): OpenSlice {
  const spec = specOf(kind);
  return {
    ...{ connectionId: 'contoso', runId: 'run', workflowId: 'master-sync/contoso', legalEntity: 'usmf', kind },
    ...{ target: spec.target, entity: spec, spec, mapped: mappedParts([spec.mapping]) },
    connection: {
      ...{
        id: 'contoso',
        name: 'contoso',
        settings: TEST_SETTINGS,
        revision: 1,
        externalIdTemplate: '{legalEntity}:{accountNumber}',
      },
      ...{ state: 'active', revision: 1, stateReason: null, hooks: { zendesk: 'z', dynamics: 'd' } },
      ...{ reached: { entra: true, dynamics: true, zendesk: true }, createdAt: new Date(0), updatedAt: new Date(0) },
    },
  };
}

/** Returns the row of a planned customer creation, with default values for all members that are not given. */
export function creation(key: string, members: Partial<JobRow<KnownOrganization>> = {}): JobRow<KnownOrganization> {
  const record = account(key);
  return {
    ...{ record, externalId: `usmf:${key}`, name: record.name, operation: 'create', zendeskId: null, round: 0 },
    ...{ refusal: null, seen: null, reservation: null, emailDigest: null },
    ...members,
  };
}

/**
 * Returns the row of a customer whose organization has all values except the city. `id`: the id of the organization.
 */
export function update(
  key: string,
  id: string,
  members: Partial<JobRow<KnownOrganization>> = {},
): JobRow<KnownOrganization> {
  const row = creation(key, { operation: 'update', zendeskId: id });
  const values = { ...desiredValues(row, specOf('customer')), erp_city: 'Oslo' };
  const seen = { id, values, ownTags: ['erp_customer'], written: values, isLatest: false };
  return { ...row, seen, ...members };
}

/** Returns the row of a planned contact creation with two organizations. */
export function contactCreation(key: string, members: Partial<UserRow> = {}): UserRow {
  const reservation = {
    externalId: `usmf:${key}`,
    organizationIds: ['71', '72'],
    email: null,
    remark: null,
    takesOver: null,
  };
  const record = contactOf(key);
  return {
    ...{ record, externalId: `usmf:${key}`, name: record.name, operation: 'create', zendeskId: null, round: 0 },
    ...{ refusal: null, seen: null as KnownUser | null, reservation, emailDigest: null },
    ...members,
  };
}

/** Returns the organization of a row, as Zendesk shows it: with the desired values of the row, except `values`. */
export function shownFor(row: JobRow<KnownOrganization>, id: string, values: Values = {}): Shown {
  return {
    ...{ id, externalId: row.externalId, updatedAt: '2026-11-20T10:00:00Z', isComplete: () => true },
    values: { ...desiredValues(row, specOf('customer')), ...values },
  };
}

/** Returns an ended job. `results` null: the whole job failed, or it was lost. */
export function jobOf(operation: Job['operation'], results: readonly JobItem[] | null): Job {
  return {
    ...{
      no: 7,
      operation,
      state: 'finished',
      zendeskJobId: 'V3-7',
      misses: 0,
      ageMs: 1_000,
      quietMs: 0,
      status: 'completed',
    },
    ...{ progress: null, results, shownAt: '2026-11-20T10:00:09Z' },
  };
}

/** Returns an item of a job. */
export function itemOf(members: Partial<JobItem>): JobItem {
  return { ok: true, index: null, id: null, error: null, details: null, ...members };
}

/** Returns an item about a row that Zendesk did not accept. */
export function failure(members: Partial<JobItem> = {}): JobItem {
  return itemOf({ ok: false, error: 'OrganizationCreateFailed', ...members });
}
