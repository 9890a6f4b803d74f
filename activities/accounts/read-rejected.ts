import type { SeenOrganization } from '../../domain/accounts/organization.ts';
import { knownEntities, templatesOf } from '../../domain/entities.ts';
import { renderExternalId } from '../../domain/sync/external-id.ts';
import type { ErpRecord } from '../../domain/sync/record.ts';
import type { ZendeskClient } from '../../clients/zendesk/client.ts';
import type { RunRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import type { OpenTarget } from '../sync/open-slice.ts';

/** The maximum number of organizations in one request (Zendesk docs, Show Many Organizations). */
const PAGE = 100;

/**
 * Reads the organizations newly that rejected accounts of a run could belong to: those with their external ids, and the
 * known unlinked ones with their names. A person may have changed them less than a minute ago, which is when the
 * incremental export leaves changes out. `show_many` reads the database (recorded by node-zendesk).
 */
export async function readRejectedAgain(
  { store, remote }: StepContext,
  run: RunRef,
  { target, asked }: { target: OpenTarget; asked: boolean },
): Promise<void> {
  const { records, organizationIds: ids } = await store.reservations.rejected(run, { asked });
  if (records.length === 0) return;
  const askedAt = await store.staging.now();
  const externalIds = externalIdsOf(target, records);
  const items = await remote(async ({ zendesk }) => [
    ...(await showAll(zendesk, ids, (page) => ({ ids: page }))),
    ...(await showAll(zendesk, externalIds, (page) => ({ externalIds: page }))),
  ]);
  const shown = new Set(items.map(({ id }) => id));
  const gone = { ids: ids.filter((id) => !shown.has(id)), askedAt };
  const seen = { items, askedAt, mapped: target.mapped };
  await store.changes.record(run, { organizations: { seen, gone } });
}

function externalIdsOf({ connection }: OpenTarget, records: readonly ErpRecord[]): readonly string[] {
  const templates = templatesOf(knownEntities(connection));
  return records.flatMap((record) => {
    const rendered = renderExternalId(templates, record);
    return 'externalId' in rendered ? [rendered.externalId] : [];
  });
}

async function showAll(
  zendesk: ZendeskClient,
  keys: readonly string[],
  wanted: (page: readonly string[]) => Parameters<ZendeskClient['showOrganizations']>[0],
): Promise<readonly SeenOrganization[]> {
  const items: SeenOrganization[] = [];
  for (let from = 0; from < keys.length; from += PAGE)
    items.push(...(await zendesk.showOrganizations(wanted(keys.slice(from, from + PAGE)))));
  return items;
}
