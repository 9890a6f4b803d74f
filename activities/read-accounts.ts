import { shrinkReason } from '../domain/shrink.ts';
import type { SliceRef, Steps } from '../workflows/steps.ts';
import type { StepContext } from './dependencies.ts';
import { stop } from './failure.ts';

/** Reads the next page of a slice and stages it together with the cursor behind it. */
export async function readAccountsPage(
  { store, far }: StepContext,
  slice: SliceRef,
): ReturnType<Steps['readAccountsPage']> {
  const { legalEntity, kind } = slice;
  const { nextLink, complete } = await store.staging.progress(slice);
  if (complete) return { read: 0, done: true };
  const readAt = await store.staging.now();
  const page = await far(({ dynamics }) =>
    dynamics.readAccountsPage({ legalEntity, kind, ...(nextLink === null ? {} : { nextLink }) }),
  );
  if (page.rows === 0 && page.nextLink !== null) throw emptyPage(slice);
  await store.staging.addPage(slice, { accounts: page.accounts, nextLink: page.nextLink, readAt });
  return { read: page.accounts.length, done: page.nextLink === null };
}

function emptyPage({ legalEntity, kind }: SliceRef) {
  const what = `A page of ${legalEntity}'s ${kind}s came back empty although F&O says that more follow`;
  return stop(
    'page_empty',
    `${what}; nothing was changed. Run the sync again; if it stays, see whether F&O is healthy.`,
  );
}

/** Accepts a reading as the truth, unless it has shrunk so far that something must be wrong with it. */
export async function acceptReading(
  { store }: StepContext,
  input: Parameters<Steps['acceptReading']>[0],
): ReturnType<Steps['acceptReading']> {
  const { connectionId, legalEntity, kind, acceptShrink } = input;
  const count = await store.staging.counts(connectionId, input);
  const reason = acceptShrink ? undefined : shrinkReason(`${legalEntity}'s ${kind}s`, count);
  if (reason !== undefined) {
    const advice =
      'See in F&O whether that is right (a lost security role looks like this); if it is, run "ledgerdesk sync ID --accept-shrink" once.';
    throw stop('entity_shrank', `${reason}; nothing was changed. ${advice}`);
  }
  await store.staging.accept(connectionId, input);
  return { accounts: count.rows };
}

/** Forgets what was staged of a legal entity that failed. */
export async function discardReading(
  { store }: StepContext,
  input: Parameters<Steps['discardReading']>[0],
): Promise<void> {
  const { runId, legalEntity, kinds } = input;
  for (const kind of kinds) await store.staging.discard({ runId, legalEntity, kind });
}
