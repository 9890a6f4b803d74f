import type { KnownOrganization, SeenOrganization } from '../../domain/accounts/organization.ts';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import { nameKey } from '../../domain/sync/record-name.ts';
import { keyOf } from '../../domain/sync/record.ts';
import type { JobToSubmit } from '../../store/sync/jobs.ts';
import type { StepContext } from '../dependencies.ts';
import type { OpenSlice } from '../sync/open-slice.ts';
import type { OrganizationRow } from './organization-row.ts';

/**
 * Looks once more at the organizations about to be adopted: what was nobody's when the export was read may be somebody's
 * now. When one is, the whole job is planned again, and that account is reserved for anew. Returns whether that was so.
 */
export async function returnDoubtfulAdoptions(
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
  const refusal = 'the organization to adopt is taken';
  const transitions = taken.map(({ record }) => ({ ...keyOf(record), state: 'refused' as const, refusal }));
  await store.changes.record(slice, { transitions });
  return true;
}

/** Returns whether an organization may still be adopted: it has the name, and its external id is nobody's, or ours already. */
function isFreeFor(row: OrganizationRow, { id, name, externalId }: SeenOrganization): boolean {
  const isNobodys =
    externalId === null || externalId === '' || externalIdKey(externalId) === externalIdKey(row.externalId);
  return id === row.zendeskId && nameKey(name) === nameKey(row.name) && isNobodys;
}
