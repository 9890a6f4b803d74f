import type { SliceRef, Steps } from '../../../workflows/steps.ts';
import type { StepContext } from '../../dependencies.ts';
import { hasEnded } from './job-status.ts';
import { openSlice } from '../open-slice.ts';
import { recordByLookUp } from './record-jobs.ts';

/** The limit of the wait for jobs that may be ours, because other apps may keep jobs running all day. */
const MAX_WAIT_MS = 60_000;

/**
 * Clarifies jobs whose submission got no answer. Zendesk may be running them, so the workflow waits while the account
 * has unknown open jobs. Then each row is looked up, and rows that were not written are planned again.
 */
export async function clarifyJobs(context: StepContext, ref: SliceRef): ReturnType<Steps['clarifyJobs']> {
  const { store, remote } = context;
  const slice = await openSlice(store, ref);
  for (const { no } of await store.jobs.list(slice, ['submitting'])) await store.jobs.unsure(no);
  const unsure = await store.jobs.list(slice, ['unsure']);
  if (unsure.length === 0) return { waiting: 0 };
  const known = new Set(await store.jobs.knownOpen(slice.connectionId));
  const listed = await remote(({ zendesk }) => zendesk.listJobs());
  const unknown = listed.filter((job) => !hasEnded(job) && !known.has(job.id));
  const waited = Math.max(...unsure.map(({ ageMs }) => ageMs));
  if (unknown.length > 0 && waited < MAX_WAIT_MS) return { waiting: unknown.length };
  for (const job of unsure) await recordByLookUp(context, slice, job);
  return { waiting: 0 };
}
