import type { SeenOrganization } from '../../domain/accounts/organization.ts';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import { nameKey } from '../../domain/accounts/organization-name.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';
import type { JobToSubmit } from '../../store/sync/jobs.ts';
import type { SliceRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';

/**
 * Looks once more at the organizations about to be adopted: what was nobody's when the export was read may be somebody's
 * now. When one is, the whole job goes back, and that account is settled anew. Users are looked up right before they are
 * adopted, so they need none of this.
 */
export async function findDoubtfulAdoptions(
  { store, far }: StepContext,
  slice: SliceRef,
  job: JobToSubmit,
): Promise<boolean> {
  const adoptions = slice.kind === 'contact' ? [] : job.rows.filter(({ operation }) => operation === 'adopt');
  if (adoptions.length === 0) return false;
  const askedAt = await store.staging.now();
  const ids = adoptions.flatMap(({ zendeskId }) => (zendeskId === null ? [] : [zendeskId]));
  const organizations = await far(({ zendesk }) => zendesk.showOrganizations({ ids }));
  const taken = adoptions.filter((row) => !organizations.some((organization) => isFreeFor(row, organization)));
  const shown = new Set(organizations.map(({ id }) => id));
  const gone = { ids: ids.filter((id) => !shown.has(id)), askedAt };
  await store.work.record(slice, { seen: { organizations, askedAt }, gone });
  if (taken.length === 0) return false;
  await store.jobs.returnRows(job.no, { smaller: false });
  const marks = taken.map(({ record }) => ({
    ...record,
    state: 'refused' as const,
    refusal: 'the organization to adopt is taken',
  }));
  await store.work.record(slice, { marks });
  return true;
}

/** Whether an organization may still be adopted: its name is the one looked for, and its external id nobody's, or ours already. */
function isFreeFor(row: JobRow, { id, name, externalId }: SeenOrganization): boolean {
  const nobodys =
    externalId === null || externalId === '' || externalIdKey(externalId) === externalIdKey(row.externalId);
  return id === row.zendeskId && nameKey(name) === nameKey(row.name) && nobodys;
}
