import type { RunRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';

/** Largest page of the export; a full one that ends where it began can only be passed by going on one second later. */
const FULL_PAGE = 1_000;

/**
 * Reads one page of the organizations that changed since the cursor, which is a time that Zendesk gave: its export leaves out
 * the newest minute and takes no start within it. More than a page of organizations that changed in one second cannot be
 * paged through: then the next second is read on, and what was skipped is found by a full comparison.
 */
export async function readOrganizationChanges(
  { store, far }: StepContext,
  run: RunRef,
): ReturnType<Steps['readOrganizationChanges']> {
  const { connectionId } = run;
  const askedAt = await store.staging.now();
  const startTime = await store.organizations.cursor(connectionId);
  const page = await far(({ zendesk }) => zendesk.exportOrganizations({ startTime }));
  const skippedSecond = !page.endOfStream && page.count >= FULL_PAGE && page.endTime <= startTime;
  const cursor = skippedSecond ? startTime + 1 : page.endTime;
  await store.organizations.note(connectionId, page.organizations, { askedAt, cursor });
  return { seen: page.count, done: page.endOfStream, skippedSecond };
}

const COMPARE_PAGE = 100;

/** Reads one page of linked organizations as they are now; those that are gone are forgotten and their accounts unlinked. */
export async function compareOrganizations(
  { store, far }: StepContext,
  input: Parameters<Steps['compareOrganizations']>[0],
): ReturnType<Steps['compareOrganizations']> {
  const { runId, connectionId, after } = input;
  const ids = await store.organizations.linkedIds(connectionId, { after, limit: COMPARE_PAGE });
  if (ids.length === 0) return { seen: 0, next: null };
  const askedAt = await store.staging.now();
  const organizations = await far(({ zendesk }) => zendesk.showOrganizations({ ids }));
  const shown = new Set(organizations.map(({ id }) => id));
  const gone = { ids: ids.filter((id) => !shown.has(id)), askedAt };
  await store.work.record({ runId, connectionId }, { seen: { organizations, askedAt }, gone });
  return { seen: organizations.length, next: ids.length < COMPARE_PAGE ? null : (ids.at(-1) ?? null) };
}
