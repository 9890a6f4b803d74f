import type { Account } from '../../domain/accounts/account.ts';
import type { Contact } from '../../domain/contacts/contact.ts';
import type { ErpRecord } from '../../domain/sync/erp-record.ts';
import { shrinkReason } from '../../domain/sync/shrink.ts';
import type { SliceRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { stop } from '../failure.ts';

/** Reads the next page of a slice and stages it together with the cursor behind it. */
export async function readRecordsPage(
  { store, far }: StepContext,
  slice: SliceRef,
): ReturnType<Steps['readRecordsPage']> {
  const { legalEntity, kind } = slice;
  const { nextLink, complete } = await store.staging.progress(slice);
  if (complete) return { read: 0, done: true };
  const readAt = await store.staging.now();
  const from = nextLink === null ? {} : { nextLink };
  const page = await far(async ({ dynamics }) => {
    if (kind !== 'contact') return recordsOf(await dynamics.readAccountsPage({ legalEntity, kind, ...from }));
    return recordsOf(await dynamics.readContactsPage({ legalEntity, ...from }));
  });
  if (page.rows === 0 && page.nextLink !== null) throw emptyPage(slice);
  await store.staging.addPage(slice, { records: page.records, nextLink: page.nextLink, readAt });
  return { read: page.records.length, done: page.nextLink === null };
}

interface Page {
  readonly nextLink: string | null;
  readonly rows: number;
}

/** A page of either kind in one form. */
function recordsOf(page: Page & ({ accounts: readonly Account[] } | { contacts: readonly Contact[] })) {
  const { nextLink, rows } = page;
  const records: readonly ErpRecord[] = 'accounts' in page ? page.accounts : page.contacts;
  return { records, nextLink, rows };
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
  return { records: count.rows };
}

/** Forgets what was staged of a legal entity that failed. */
export async function discardReading(
  { store }: StepContext,
  input: Parameters<Steps['discardReading']>[0],
): Promise<void> {
  const { runId, legalEntity, kinds } = input;
  for (const kind of kinds) await store.staging.discard({ runId, legalEntity, kind });
}
