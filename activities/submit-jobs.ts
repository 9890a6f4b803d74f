import { FarSystemError } from '../clients/errors.ts';
import type { JobStatus } from '../clients/zendesk/job-wire.ts';
import { externalIdKey } from '../domain/external-id.ts';
import { nameKey } from '../domain/organization-name.ts';
import { TAG_OF_KIND, type SeenOrganization } from '../domain/organization.ts';
import type { JobRow, NextJob } from '../store/jobs.ts';
import type { SliceRef, Steps } from '../workflows/steps.ts';
import type { FarSystems, StepContext } from './dependencies.ts';
import { formOf } from './record-jobs.ts';

type JobToSubmit = Extract<NextJob, object>['job'];

/** Jobs per step: enough to keep histories short, few enough that a lost worker leaves little to look up. */
const JOBS_PER_STEP = 25;

/** Submits bulk jobs. Each is written down before it is asked for; one that gets no answer is left for `clarifyJobs`. */
export async function submitJobs(context: StepContext, slice: SliceRef): ReturnType<Steps['submitJobs']> {
  const { store } = context;
  for (const { no } of await store.jobs.list(slice, ['submitting'])) await store.jobs.unsure(no);
  let next: NextJob | undefined;
  for (let count = 0; count < JOBS_PER_STEP; count += 1) {
    if ((await store.jobs.list(slice, ['unsure'])).length > 0) return { open: 0, left: true, unsure: true };
    next = await store.jobs.next(slice.connectionId, slice);
    if (next === 'none' || next === 'full') break;
    await submit(context, slice, next.job);
  }
  const open = await store.jobs.list(slice, ['open']);
  return { open: open.length, left: next !== 'none', unsure: false };
}

async function submit(context: StepContext, slice: SliceRef, job: JobToSubmit): Promise<void> {
  const { store, far } = context;
  try {
    const doubtful = await far((systems) => findDoubtfulAdoptions(context, slice, { systems, job }));
    if (doubtful) return;
    const status = await far(({ zendesk }) => ask(zendesk, job));
    await store.jobs.opened(job.no, status.id);
  } catch (error) {
    await afterFailure(context, slice, { job, error });
  }
}

function ask(zendesk: FarSystems['zendesk'], { operation, rows }: JobToSubmit): Promise<JobStatus> {
  if (operation === 'create') {
    return zendesk.createOrganizations(
      rows.map((row) => ({ form: formOf(row), tags: [TAG_OF_KIND[row.account.kind]] })),
    );
  }
  return zendesk.updateOrganizations(
    rows.flatMap((row) => (row.zendeskId === null ? [] : [{ id: row.zendeskId, form: formOf(row) }])),
  );
}

/** What a failed submission means for its rows; throws what the workflow must know, e.g. that it has to wait. */
async function afterFailure(
  { store }: StepContext,
  slice: SliceRef,
  failed: { job: JobToSubmit; error: unknown },
): Promise<void> {
  const { job, error } = failed;
  const kind = error instanceof FarSystemError && error.system === 'zendesk' ? error.kind : undefined;
  if (kind === 'unsure') return store.jobs.unsure(job.no);
  if (kind === 'refused' && error instanceof FarSystemError) {
    if (job.rows.length > 1) return store.jobs.returnRows(job.no, { smaller: true });
    const marks = job.rows.map(({ account }) => ({ ...account, state: 'refused' as const, refusal: error.detail }));
    return store.work.record(slice, { marks, job: job.no });
  }
  await store.jobs.returnRows(job.no, { smaller: false });
  throw error;
}

/**
 * Looks once more at the organizations about to be adopted: what was nobody's when the export was read may be somebody's
 * now. When one is, the whole job goes back, and that account is settled anew.
 */
async function findDoubtfulAdoptions(
  { store }: StepContext,
  slice: SliceRef,
  at: { systems: FarSystems; job: JobToSubmit },
): Promise<boolean> {
  const adoptions = at.job.rows.filter(({ operation }) => operation === 'adopt');
  if (adoptions.length === 0) return false;
  const askedAt = await store.staging.now();
  const ids = adoptions.flatMap(({ zendeskId }) => (zendeskId === null ? [] : [zendeskId]));
  const organizations = await at.systems.zendesk.showOrganizations({ ids });
  const taken = adoptions.filter((row) => !organizations.some((organization) => isFreeFor(row, organization)));
  const shown = new Set(organizations.map(({ id }) => id));
  const gone = { ids: ids.filter((id) => !shown.has(id)), askedAt };
  await store.work.record(slice, { seen: { organizations, askedAt }, gone });
  if (taken.length === 0) return false;
  await store.jobs.returnRows(at.job.no, { smaller: false });
  const marks = taken.map(({ account }) => ({
    ...account,
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
