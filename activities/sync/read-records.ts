import { shrinkReason } from '../../domain/sync/shrink.ts';
import type { SliceRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { stop } from '../failure.ts';
import { openSlice, type OpenSlice } from './open-slice.ts';
import { keepUnread, readAvailable } from './schema/available-columns.ts';

/** Reads the next page of a slice, and stages it together with the cursor of the following page. */
export async function readRecordsPage(context: StepContext, ref: SliceRef): ReturnType<Steps['readRecordsPage']> {
  const { store } = context;
  const { nextLink, complete } = await store.staging.progress(ref);
  if (complete) return { read: 0, done: true };
  const opened = await openSlice(store, ref);
  const slice = nextLink === null ? await withFreshColumns(context, opened) : opened;
  const { legalEntity } = slice;
  const readAt = await store.staging.now();
  const from = nextLink === null ? {} : { nextLink };
  const page = await readAvailable(context, slice, (dynamics, entity) =>
    dynamics.readRecordsPage({ entity, legalEntity, ...from }),
  );
  if (nextLink === null && opened.entity.lacks !== undefined)
    await store.entityColumns.forgetStale(slice.connectionId, slice.entity.entitySet);
  if (page.rows === 0 && page.nextLink !== null) throw emptyPage(ref);
  const records = await keepUnread(context, slice, page.records);
  await store.staging.addPage(slice, { records, nextLink: page.nextLink, readAt });
  return { read: page.records.length, done: page.nextLink === null };
}

/** Later pages have the columns of the first one, because the link to them contains these. */
async function withFreshColumns({ store }: StepContext, slice: OpenSlice): Promise<OpenSlice> {
  const { connectionId, entity } = slice;
  const lacks = await store.entityColumns.lacks(connectionId, entity.entitySet, { fresh: true });
  return { ...slice, entity: { ...entity, lacks } };
}

function emptyPage({ legalEntity, kind }: SliceRef) {
  return stop(
    'page_empty',
    `F&O returned an empty page of ${legalEntity}'s ${kind}s and says that more follow. Nothing was changed. Run the sync again. If this happens again, check whether F&O works correctly.`,
  );
}

/** Accepts a complete reading. Fails if it has so few rows that an error is likely, unless `acceptShrink` is set. */
export async function acceptReading(
  { store }: StepContext,
  input: Parameters<Steps['acceptReading']>[0],
): ReturnType<Steps['acceptReading']> {
  const { connectionId, legalEntity, kind, acceptShrink } = input;
  const count = await store.staging.counts(connectionId, input);
  const reason = acceptShrink ? undefined : shrinkReason(`${legalEntity}'s ${kind}s`, count);
  if (reason !== undefined) {
    const advice =
      'Check in F&O whether that is right. A lost security role can be the reason. If it is right, run `ledgerdesk sync ID --accept-shrink` once.';
    throw stop('entity_shrank', `${reason}. Nothing was changed. ${advice}`);
  }
  await store.staging.accept(connectionId, input);
  return { records: count.rows };
}

/** Discards the staged records of these kinds of a legal entity whose reading failed. */
export async function discardReading(
  { store }: StepContext,
  input: Parameters<Steps['discardReading']>[0],
): Promise<void> {
  const { runId, legalEntity, kinds } = input;
  for (const kind of kinds) await store.staging.discard({ runId, legalEntity, kind });
}
