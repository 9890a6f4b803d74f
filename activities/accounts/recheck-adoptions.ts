import type { KnownOrganization, SeenOrganization } from '../../domain/accounts/organization.ts';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import { nameKey } from '../../domain/sync/record-name.ts';
import { keyOf } from '../../domain/sync/record.ts';
import type { JobToSubmit } from '../../store/sync/jobs.ts';
import type { StepContext } from '../dependencies.ts';
import type { OpenSlice } from '../sync/open-slice.ts';
import type { OrganizationRow } from './organization-row.ts';

/**
 * Reads the organizations to adopt once more, because they may have been linked or renamed since the export was read.
 * If so, plans the whole job again and reserves for those accounts again. Returns whether that was necessary.
 */
export async function recheckAdoptions(
  { store, remote }: StepContext,
  slice: OpenSlice,
  job: JobToSubmit<KnownOrganization>,
): Promise<boolean> {
  const adoptions = job.rows.filter(({ operation }) => operation === 'adopt') as readonly OrganizationRow[];
  if (adoptions.length === 0) return false;
  const askedAt = await store.staging.now();
  const ids = adoptions.flatMap(({ zendeskId }) => zendeskId ?? []);
  const items = await remote(({ zendesk }) => zendesk.showOrganizations({ ids }));
  const taken = adoptions.filter((row) => !items.some((organization) => isFreeFor(row, organization)));
  const shown = new Set(items.map(({ id }) => id));
  const gone = { ids: ids.filter((id) => !shown.has(id)), askedAt };
  const organizations = { seen: { items, askedAt, mapped: slice.mapped }, gone };
  await store.changes.record(slice, { organizations });
  if (taken.length === 0) return false;
  await store.jobs.returnRows(job.no, { smaller: false });
  const refusal = 'the organization to adopt belongs to another record.';
  const transitions = taken.map(({ record }) => ({ ...keyOf(record), state: 'refused' as const, refusal }));
  await store.changes.record(slice, { transitions });
  return true;
}

/**
 * Returns whether an organization may still be adopted: it has the same name, and no external id or that of this
 * account.
 */
function isFreeFor(row: OrganizationRow, { id, name, externalId }: SeenOrganization): boolean {
  const hasNoOtherId =
    externalId === null || externalId === '' || externalIdKey(externalId) === externalIdKey(row.externalId);
  return id === row.zendeskId && nameKey(name) === nameKey(row.name) && hasNoOtherId;
}
