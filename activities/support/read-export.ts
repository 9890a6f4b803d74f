import type { ExportContinuation, ExportWanted } from '../../clients/zendesk/export-pages.ts';
import type { ZendeskClient } from '../../clients/zendesk/client.ts';
import { afterPage, beginReading, nextReading, type ExportStart } from '../../domain/support/export-reading.ts';
import { contradictionText } from '../../domain/sync/reading/contradiction.ts';
import { contentDigest } from '../../store/digests.ts';
import type { ExportName } from '../../store/support/support-reading.ts';
import type { StepContext } from '../dependencies.ts';
import { stop } from '../failure.ts';

/** An item of an export. The same item with another time is one that has changed. */
interface ExportItem {
  readonly id: string;
  readonly updatedAt: string | null;
}

/** One of Zendesk's incremental exports, and how a page of it is read and stored. */
export interface ExportToRead<Item extends ExportItem> {
  readonly connectionId: string;
  readonly name: ExportName;
  /** Returns the time at which the first reading begins, in unix seconds. */
  firstStart(zendesk: ZendeskClient): Promise<number>;
  page(zendesk: ZendeskClient, wanted: ExportWanted): Promise<ExportContinuation & { readonly items: readonly Item[] }>;
  store(items: readonly Item[], askedAt: Date): Promise<void>;
}

/** Digits of a digest. Cursors and pages of one reading are few. */
const DIGITS = 16;

const digestOf = (text: string): string => contentDigest(text).slice(0, DIGITS);

/**
 * Reads the next page of an export, and stores its items and the cursor of the following page. A reading whose pages
 * contradict each other begins once more with the next call. If it does so again, the step fails, and the next
 * reconciliation reads from the same start.
 */
export async function readExportPage<Item extends ExportItem>(
  { store, remote, attempt }: StepContext,
  wanted: ExportToRead<Item>,
): Promise<{ seen: number; done: boolean }> {
  const { connectionId, name } = wanted;
  const saved = await store.supportReading.progress(connectionId, name);
  const askedAt = await store.staging.now();
  const { start, from, page } = await remote(async ({ zendesk }) => {
    const start: ExportStart = saved.reading?.start ?? (await startOf(zendesk, wanted, saved.cursor));
    const from = saved.cursor === null ? start : { cursor: saved.cursor };
    return { start, from, page: await wanted.page(zendesk, { ...from, pageSize: pageSizeOf(attempt) }) };
  });
  await wanted.store(page.items, askedAt);
  const { verdict, why, reading } = afterPage(saved.reading ?? beginReading(start), {
    asked: 'cursor' in from ? digestOf(from.cursor) : null,
    next: page.cursor === null ? null : digestOf(page.cursor),
    content: digestOf(JSON.stringify(page.items.map(({ id, updatedAt }) => [id, updatedAt]))),
    isLast: page.endOfStream,
  });
  const isTrue = why === undefined;
  const cursor = isTrue ? page.cursor : 'cursor' in reading.start ? reading.start.cursor : null;
  const isNext = verdict === 'end' && cursor !== null;
  const kept = isNext ? nextReading(reading, { cursor }) : reading;
  await store.supportReading.save(connectionId, name, { cursor, reading: kept });
  if (why !== undefined && verdict === 'inconsistent') throw inconsistent(name, contradictionText(why));
  return { seen: page.items.length, done: verdict === 'end' };
}

async function startOf<Item extends ExportItem>(
  zendesk: ZendeskClient,
  wanted: ExportToRead<Item>,
  cursor: string | null,
): Promise<ExportStart> {
  return cursor === null ? { startTime: await wanted.firstStart(zendesk) } : { cursor };
}

function inconsistent(name: ExportName, why: string) {
  return stop(
    'reading_inconsistent',
    `The pages of Zendesk's export of ${name} contradict each other, also when they are read once more: ${why}. Nothing was concluded from it. The next reconciliation reads them again from the same start. If this happens again, report it to Zendesk support.`,
  );
}

/** Returns the page size. It is smaller after a failed attempt, because the page may have been too large or too slow. */
function pageSizeOf(attempt: number): number {
  return attempt > 1 ? 100 : 1_000;
}
