import type { RunRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import type { OpenTarget } from '../sync/open-slice.ts';
import type { PageRead } from '../sync/target.ts';

/** The largest page of the export. */
const FULL_PAGE = 1_000;

/**
 * Reads one page of the organizations that changed since the cursor. The cursor is a time from Zendesk, because the
 * export leaves out the newest minute and accepts no start within it. If more than a page of organizations changed in
 * one second, the export cannot get past that second. The reading then continues with the next second, and a full
 * comparison finds the skipped ones.
 */
export async function readOrganizationChanges(
  { store, remote }: StepContext,
  { connectionId }: RunRef,
  { target: { mapped } }: { target: OpenTarget },
): Promise<PageRead> {
  const askedAt = await store.staging.now();
  const startTime = await store.organizations.cursor(connectionId, mapped.fields);
  const page = await remote(({ zendesk }) => zendesk.exportOrganizations({ startTime }));
  const isStuck = !page.endOfStream && page.count >= FULL_PAGE && page.endTime <= startTime;
  const cursor = isStuck ? startTime + 1 : page.endTime;
  await store.organizations.record(connectionId, { items: page.organizations, askedAt, mapped }, cursor);
  return { seen: page.count, next: page.endOfStream ? null : 'cursor' };
}

const COMPARE_PAGE = 100;

/** Reads one page of linked organizations. Deleted ones are forgotten, and their accounts are unlinked. */
export async function compareOrganizations(
  { store, remote }: StepContext,
  { runId, connectionId }: RunRef,
  { target: { mapped }, after }: { target: OpenTarget; after: string },
): Promise<PageRead> {
  const ids = await store.organizations.linkedIds(connectionId, { after, limit: COMPARE_PAGE });
  if (ids.length === 0) return { seen: 0, next: null };
  const askedAt = await store.staging.now();
  const items = await remote(({ zendesk }) => zendesk.showOrganizations({ ids }));
  const shown = new Set(items.map(({ id }) => id));
  const gone = { ids: ids.filter((id) => !shown.has(id)), askedAt };
  const organizations = { seen: { items, askedAt, mapped }, gone };
  await store.changes.record({ runId, connectionId }, { organizations });
  return { seen: items.length, next: ids.length < COMPARE_PAGE ? null : (ids.at(-1) ?? null) };
}
