import type { KnownOrganization, SeenOrganization } from '../../domain/accounts/organization.ts';
import { nameKey } from '../../domain/sync/record-name.ts';
import { keyOf } from '../../domain/sync/record.ts';
import type { RemoteSystems, StepContext } from '../dependencies.ts';
import type { OpenSlice } from '../sync/open-slice.ts';
import type { RefusedRows } from '../sync/target.ts';
import type { OrganizationRow } from './organization-row.ts';
import { requestOf } from './reserve-accounts.ts';

/**
 * Looks up the organizations of refused rows by id, external id and name. Then reserves for each account again and
 * plans it again, under another name if its own is taken.
 */
export async function resolveOrganizations(
  { store, remote }: StepContext,
  slice: OpenSlice,
  { rows, incompleteEntities }: RefusedRows<KnownOrganization>,
): Promise<void> {
  const askedAt = await store.staging.now();
  const { items, gone } = await remote(({ zendesk }) => lookUp(zendesk, rows));
  const seen = { items, askedAt, mapped: slice.mapped };
  await store.changes.record(slice, { organizations: { seen, gone: { ids: gone, askedAt } } });
  const keys = rows.map(({ record }) => keyOf(record));
  const refusedNames = rows.filter((row) => isNameRefused(row, items)).map(({ name }) => name);
  const request = requestOf(slice, slice.connection, incompleteEntities);
  await store.reservations.reserveAgain(request, keys, refusedNames);
  await store.changes.record(slice, { transitions: keys.map((key) => ({ ...key, state: 'unplanned' as const })) });
}

/**
 * Returns whether a refused row needs another name. The first refusal may have any reason, and this run may be about to
 * rename the organization that has the name. If no organization has the name any more, the row keeps it for one more
 * attempt.
 */
function isNameRefused(
  { round, name, zendeskId }: OrganizationRow,
  organizations: readonly SeenOrganization[],
): boolean {
  const isTaken = organizations.some(({ id, name: other }) => id !== zendeskId && nameKey(other) === nameKey(name));
  return round > 1 || (round === 1 && isTaken);
}

async function lookUp(
  zendesk: RemoteSystems['zendesk'],
  rows: readonly OrganizationRow[],
): Promise<{ items: SeenOrganization[]; gone: string[] }> {
  const ids = rows.flatMap(({ zendeskId }) => zendeskId ?? []);
  const byId = ids.length === 0 ? [] : await zendesk.showOrganizations({ ids });
  const byExternalId = await zendesk.showOrganizations({ externalIds: rows.map(({ externalId }) => externalId) });
  const byName: SeenOrganization[] = [];
  for (const { name } of rows) byName.push(...(await zendesk.findOrganizationsByName(name)));
  const shown = new Set(byId.map(({ id }) => id));
  return { items: [...byId, ...byExternalId, ...byName], gone: ids.filter((id) => !shown.has(id)) };
}
