import { unreadableBecause } from '../../../clients/dynamics/isolate.ts';
import type { RecordsPage } from '../../../clients/dynamics/row-reads.ts';
import { shrinkReason } from '../../../domain/sync/reading/shrink.ts';
import type { SliceRef, Steps } from '../../../workflows/steps.ts';
import type { StepContext } from '../../dependencies.ts';
import { stop } from '../../failure.ts';
import { openSlice, type OpenSlice } from '../open-slice.ts';
import { keepUnread, readAvailable } from '../schema/available-columns.ts';
import { checkLegalEntity } from '../scope/check-legal-entity.ts';
import { addsUp, continues } from './adds-up.ts';

/** Attempts of a step until a failure that can come from a record is taken for one of that record. */
export const MAX_ATTEMPTS_OF_RECORD = 3;

/** The longest page of which all records may be unreadable, such as the last page of a company. */
const MAX_UNREADABLE_PAGE = 10;

/**
 * Reads the next page of a slice, and stages it together with the cursor of the following page. A reading whose pages
 * contradict each other, or that has fewer records than F&O counts, begins once more with the next call.
 */
export async function readRecordsPage(context: StepContext, ref: SliceRef): ReturnType<Steps['readRecordsPage']> {
  const { store } = context;
  const progress = await store.staging.progress(ref);
  const { nextLink, pages } = progress;
  const opened = await openSlice(store, ref);
  if (progress.complete) return { read: 0, done: await addsUp(context, opened) };
  const slice = nextLink === null ? await withFreshColumns(context, opened) : opened;
  const readAt = await store.staging.now();
  const page = await readPage(context, slice, nextLink ?? undefined);
  if (nextLink === null && opened.entity.lacks !== undefined)
    await store.entityColumns.forgetStale(slice.connectionId, slice.entity.entitySet);
  if (page.rows === 0 && page.nextLink !== null) throw emptyPage(ref);
  const records = await keepUnread(context, slice, page.records);
  const staged = await store.staging.addPage(slice, { ...page, records, readAt, pages });
  const read = staged === undefined ? 0 : page.records.length;
  if (staged === undefined || !(await continues(context, slice, { page: staged, progress })))
    return { read, done: false };
  return { read, done: page.nextLink === null && (await addsUp(context, slice)) };
}

/** Later pages have the columns of the first one, because the link to them contains these. */
async function withFreshColumns({ store }: StepContext, slice: OpenSlice): Promise<OpenSlice> {
  const { connectionId, entity } = slice;
  const lacks = await store.entityColumns.lacks(connectionId, entity.entitySet, { fresh: true });
  return { ...slice, entity: { ...entity, lacks } };
}

/**
 * Reads a page. If it fails again and again although F&O answers, one of its records cannot be read. Then it is found by
 * reading the records of the page by their keys.
 */
async function readPage(context: StepContext, slice: OpenSlice, nextLink: string | undefined): Promise<RecordsPage> {
  const { legalEntity } = slice;
  try {
    return await readAvailable(context, slice, (dynamics, entity) =>
      dynamics.readRecordsPage({ entity, legalEntity, nextLink }),
    );
  } catch (error) {
    if (context.attempt < MAX_ATTEMPTS_OF_RECORD || unreadableBecause(error) === undefined) throw error;
    return readAvailable(context, slice, async (dynamics, entity) => {
      const { keys, ...end } = await dynamics.readKeysPage({ entity, legalEntity, nextLink });
      // If no record of a long page can be read, the failure is not that of single records.
      const isLastAttempt = keys.length <= MAX_UNREADABLE_PAGE;
      const records = await dynamics.readRecords({ entity, legalEntity, keys, isLastAttempt });
      return { records, rows: keys.length, ...end };
    });
  }
}

function emptyPage({ legalEntity, kind }: SliceRef) {
  return stop(
    'page_empty',
    `F&O returned an empty page of ${legalEntity}'s ${kind}s and says that more follow. Nothing was changed. Run the sync again. If this happens again, check whether F&O works correctly.`,
  );
}

/**
 * Accepts a complete reading. Fails if it has so few rows that an error is likely, unless `acceptShrink` is set, and if
 * it is empty because F&O does not have the legal entity.
 */
export async function acceptReading(
  context: StepContext,
  input: Parameters<Steps['acceptReading']>[0],
): ReturnType<Steps['acceptReading']> {
  const { store } = context;
  const { connectionId, legalEntity, kind, acceptShrink } = input;
  const count = await store.staging.counts(connectionId, input);
  const reason = acceptShrink ? undefined : shrinkReason(`${legalEntity}'s ${kind}s`, count);
  if (reason !== undefined) {
    const advice =
      'Check in F&O whether that is right. A lost security role can be the reason. If it is right, run `ledgerdesk sync ID --accept-shrink` once.';
    throw stop('entity_shrank', `${reason}. Nothing was changed. ${advice}`);
  }
  if (count.rows === 0) await checkLegalEntity(context, input);
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
