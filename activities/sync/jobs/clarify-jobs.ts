import type { SliceRef, Steps } from '../../../workflows/steps.ts';
import type { StepContext } from '../../dependencies.ts';
import { hasEnded } from './job-status.ts';
import { openSlice } from '../open-slice.ts';
import { recordByLookUp } from './record-jobs.ts';

/** Longest wait for jobs that may be ours: the account's other apps may keep jobs running all day. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Finds out what became of jobs whose submission got no answer. Zendesk may be running them, so it waits while the account
 * has open jobs that we do not know, then looks up each row; what was not written is planned again.
 */
export async function clarifyJobs(context: StepContext, ref: SliceRef): ReturnType<Steps['clarifyJobs']> {
  const { store, remote } = context;
  const slice = await openSlice(store, ref);
  for (const { no } of await store.jobs.list(slice, ['submitting'])) await store.jobs.unsure(no);
  const unsure = await store.jobs.list(slice, ['unsure']);
  if (unsure.length === 0) return { waiting: 0 };
  const known = new Set(await store.jobs.knownOpen(slice.connectionId));
  const listed = await remote(({ zendesk }) => zendesk.listJobs());
  const strangers = listed.filter((job) => !hasEnded(job) && !known.has(job.id));
  const waited = Math.max(...unsure.map(({ ageMs }) => ageMs));
  if (strangers.length > 0 && waited < LONGEST_WAIT_MS) return { waiting: strangers.length };
  for (const job of unsure) await recordByLookUp(context, slice, job);
  return { waiting: 0 };
}
