import type { RunRef } from '../../workflows/steps.ts';
import type { RemoteSystems, StepContext } from '../dependencies.ts';
import { stop } from '../failure.ts';
import type { OpenTarget } from '../sync/open-slice.ts';
import type { PageRead } from '../sync/target.ts';

/** The largest page of the export. */
const FULL_PAGE = 1_000;
/** The maximum number of organizations in one request (Zendesk docs, Show Many Organizations). */
const COMPARE_PAGE = 100;

/**
 * Reads one page of the organizations that changed since the cursor. The cursor is a time from Zendesk, because the
 * export leaves out the newest minute and accepts no start within it. If more than a page of organizations changed in
 * one second, the export cannot get past that second. The reading then continues with the next second, and a full
 * comparison finds the skipped ones. A page that leads back is read once more. At the end, organizations with an
 * unexpected form are read again.
 */
export async function readOrganizationChanges(
  context: StepContext,
  run: RunRef,
  { target }: { target: OpenTarget },
): Promise<PageRead> {
  const { store, remote } = context;
  const { connectionId } = run;
  const { mapped } = target;
  const askedAt = await store.staging.now();
  const startTime = await store.organizations.cursor(connectionId, mapped.fields);
  const read = () => remote(({ zendesk }) => zendesk.exportOrganizations({ startTime }));
  const first = await read();
  const page = nextStart(first, startTime) === undefined ? await read() : first;
  const cursor = nextStart(page, startTime);
  if (cursor === undefined) throw inconsistent();
  await store.organizations.record(connectionId, { items: page.organizations, askedAt, mapped }, cursor);
  if (!page.endOfStream) return { seen: page.count, next: 'cursor' };
  const defective = await store.organizations.defectiveIds(connectionId, COMPARE_PAGE);
  await showOrganizations(context, run, { mapped, ids: defective });
  return { seen: page.count, next: null };
}

type OrganizationsPage = Awaited<ReturnType<RemoteSystems['zendesk']['exportOrganizations']>>;

/**
 * Returns the time at which the next page starts; undefined if the page leads back to an earlier time, or to its own
 * start although more follow. Then it would be read again and again. The end of an empty page says nothing.
 */
function nextStart(
  { organizations, endTime, endOfStream, count }: OrganizationsPage,
  startTime: number,
): number | undefined {
  if (endOfStream && (count === 0 || endTime === startTime)) return startTime;
  if (endTime > startTime) return endTime;
  const isOfOneSecond = organizations.every(({ updatedAt }) => Date.parse(updatedAt) <= startTime * 1_000);
  return endTime === startTime && count >= FULL_PAGE && isOfOneSecond ? startTime + 1 : undefined;
}

function inconsistent() {
  return stop(
    'reading_inconsistent',
    `A page of Zendesk's export of organizations says that more follow, or has changes, but leads back to a time that was read before, also when it is read once more. Nothing was concluded from it. Run the sync again. If this happens again, report it to Zendesk support.`,
  );
}

/** Reads one page of linked organizations. Deleted ones are forgotten, and their accounts are unlinked. */
export async function compareOrganizations(
  context: StepContext,
  run: RunRef,
  { target: { mapped }, after }: { target: OpenTarget; after: string },
): Promise<PageRead> {
  const ids = await context.store.organizations.linkedIds(run.connectionId, { after, limit: COMPARE_PAGE });
  const seen = await showOrganizations(context, run, { mapped, ids });
  return { seen, next: ids.length < COMPARE_PAGE ? null : (ids.at(-1) ?? null) };
}

/** Reads these organizations and records them. Returns how many exist. */
async function showOrganizations(
  { store, remote }: StepContext,
  { runId, connectionId }: RunRef,
  { mapped, ids }: { mapped: OpenTarget['mapped']; ids: readonly string[] },
): Promise<number> {
  if (ids.length === 0) return 0;
  const askedAt = await store.staging.now();
  const items = await remote(({ zendesk }) => zendesk.showOrganizations({ ids }));
  const shown = new Set(items.map(({ id }) => id));
  const gone = { ids: ids.filter((id) => !shown.has(id)), askedAt };
  const organizations = { seen: { items, askedAt, mapped }, gone };
  await store.changes.record({ runId, connectionId }, { organizations });
  return items.length;
}
