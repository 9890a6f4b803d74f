import { shrinkReason } from '../../domain/sync/shrink.ts';
import type { SliceRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { stop } from '../failure.ts';
import { openSlice } from './open-slice.ts';

/** Reads the next page of a slice and stages it together with the cursor behind it. */
export async function readRecordsPage(
  { store, remote }: StepContext,
  ref: SliceRef,
): ReturnType<Steps['readRecordsPage']> {
  const { nextLink, complete } = await store.staging.progress(ref);
  if (complete) return { read: 0, done: true };
  const slice = await openSlice(store, ref);
  const { legalEntity, entity } = slice;
  const readAt = await store.staging.now();
  const from = nextLink === null ? {} : { nextLink };
  const page = await remote(({ dynamics }) => dynamics.readRecordsPage({ entity, legalEntity, ...from }));
  if (page.rows === 0 && page.nextLink !== null) throw emptyPage(ref);
  await store.staging.addPage(slice, { records: page.records, nextLink: page.nextLink, readAt });
  return { read: page.records.length, done: page.nextLink === null };
}

function emptyPage({ legalEntity, kind }: SliceRef) {
  const what = `A page of ${legalEntity}'s ${kind}s came back empty although F&O says that more follow`;
  return stop(
    'page_empty',
    `${what}; nothing was changed. Run the sync again. If it stays, check whether F&O is healthy.`,
  );
}

/** Accepts a reading as complete, unless it has shrunk so far that something must be wrong with it. */
export async function acceptReading(
  { store }: StepContext,
  input: Parameters<Steps['acceptReading']>[0],
): ReturnType<Steps['acceptReading']> {
  const { connectionId, legalEntity, kind, acceptShrink } = input;
  const count = await store.staging.counts(connectionId, input);
  const reason = acceptShrink ? undefined : shrinkReason(`${legalEntity}'s ${kind}s`, count);
  if (reason !== undefined) {
    const advice =
      'Check in F&O whether that is right (a lost security role looks like this). If it is, run "ledgerdesk sync ID --accept-shrink" once.';
    throw stop('entity_shrank', `${reason}; nothing was changed. ${advice}`);
  }
  await store.staging.accept(connectionId, input);
  return { records: count.rows };
}

/** Discards what was staged of a legal entity that failed. */
export async function discardReading(
  { store }: StepContext,
  input: Parameters<Steps['discardReading']>[0],
): Promise<void> {
  const { runId, legalEntity, kinds } = input;
  for (const kind of kinds) await store.staging.discard({ runId, legalEntity, kind });
}
