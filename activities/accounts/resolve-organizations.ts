import { nameKey } from '../../domain/accounts/organization-name.ts';
import type { SeenOrganization } from '../../domain/accounts/organization.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';
import type { SliceRef } from '../../workflows/steps.ts';
import type { FarSystems, StepContext } from '../dependencies.ts';
import { settleRequest } from './reserve-accounts.ts';

/**
 * Looks up who has the external id, who has the name, and whether the organization is still there; then each account is
 * settled and planned anew, under another name where its own is taken.
 */
export async function resolveOrganizations(
  context: StepContext,
  slice: SliceRef,
  { rows, unread }: { rows: readonly JobRow[]; unread: readonly string[] },
): Promise<void> {
  const { store, far } = context;
  const askedAt = await store.staging.now();
  const { organizations, gone } = await far(({ zendesk }) => lookUp(zendesk, rows));
  await store.work.record(slice, { seen: { organizations, askedAt }, gone: { ids: gone, askedAt } });
  const keys = rows.map(({ record: { legalEntity, kind, key } }) => ({ legalEntity, kind, key }));
  const refusedNames = rows.filter((row) => isNameRefused(row, organizations)).map(({ name }) => name);
  await store.reservations.settleAgain(await settleRequest(context, slice, unread), keys, refusedNames);
  await store.work.record(slice, { marks: keys.map((key) => ({ ...key, state: 'unplanned' as const })) });
}

/**
 * Whether a refused row needs another name. The first refusal may be about anything, and whoever has the name may be about
 * to give it up in this very run; when nobody is seen to have it any more, it is tried once more as it is.
 */
function isNameRefused({ round, name, zendeskId }: JobRow, organizations: readonly SeenOrganization[]): boolean {
  const isTaken = organizations.some(({ id, name: other }) => id !== zendeskId && nameKey(other) === nameKey(name));
  return round > 1 || (round === 1 && isTaken);
}

async function lookUp(
  zendesk: FarSystems['zendesk'],
  rows: readonly JobRow[],
): Promise<{ organizations: SeenOrganization[]; gone: string[] }> {
  const ids = rows.flatMap(({ zendeskId }) => (zendeskId === null ? [] : [zendeskId]));
  const byId = ids.length === 0 ? [] : await zendesk.showOrganizations({ ids });
  const byExternalId = await zendesk.showOrganizations({ externalIds: rows.map(({ externalId }) => externalId) });
  const byName: SeenOrganization[] = [];
  for (const { name } of rows) byName.push(...(await zendesk.findOrganizationsByName(name)));
  const shown = new Set(byId.map(({ id }) => id));
  return { organizations: [...byId, ...byExternalId, ...byName], gone: ids.filter((id) => !shown.has(id)) };
}
