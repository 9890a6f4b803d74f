import {
  contradictionOf,
  contradictionText,
  isShort,
  type Contradiction,
  type ReadingFacts,
} from '../../../domain/sync/reading/contradiction.ts';
import type { ReadProgress, StagedPage } from '../../../store/sync/staging.ts';
import type { StepContext } from '../../dependencies.ts';
import { stop } from '../../failure.ts';
import type { OpenSlice } from '../open-slice.ts';

/** Begins a reading once more if its last page contradicts the earlier ones. Fails if it was repeated already. */
export async function continues(
  { store }: StepContext,
  slice: OpenSlice,
  { page, progress }: { page: StagedPage; progress: ReadProgress },
): Promise<boolean> {
  const why = contradictionOf({ ...page, followed: [...progress.followed, page.own] });
  if (why === undefined) return true;
  await repeat(store, slice, { why });
  return false;
}

/**
 * Returns whether a reading that has reached its end has all records. If it has fewer than F&O counted, F&O counts them
 * again, because records may have been deleted meanwhile. If it still lacks some, the reading begins once more.
 */
export async function addsUp(context: StepContext, slice: OpenSlice): Promise<boolean> {
  const { store, remote } = context;
  if (!isShort(await store.staging.facts(slice))) return true;
  const { entity, legalEntity } = slice;
  await store.staging.addCount(slice, await remote(({ dynamics }) => dynamics.countRecords({ entity, legalEntity })));
  const facts = await store.staging.facts(slice);
  if (!isShort(facts)) return true;
  await repeat(store, slice, { why: 'fewer_than_counted', facts });
  return false;
}

/** Begins a reading once more. Records that it has read stay staged: whatever F&O has served exists. */
async function repeat(
  store: StepContext['store'],
  slice: OpenSlice,
  { why, facts }: { why: Contradiction; facts?: ReadingFacts },
): Promise<void> {
  if (await store.staging.repeat(slice)) return;
  const what = `${slice.legalEntity}'s ${slice.kind}s`;
  const advice =
    'Nothing was concluded from it, and nothing was changed. Run the sync again. If this happens again, check in Dynamics 365 whether the entity set returns every record once, and ask Microsoft support.';
  throw stop(
    'reading_inconsistent',
    `Dynamics 365's pages of ${what} contradict each other, also when they are read once more: ${contradictionText(why, facts)}. ${advice}`,
  );
}
