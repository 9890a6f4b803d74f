import { z } from 'zod';
import { legalEntityKey, unreadableRecord, type ErpRecord } from '../../domain/sync/record.ts';
import { isStorable } from '../../domain/sync/text.ts';
import { readIsolated, type UnreadableKey } from './isolate.ts';
import { readPages } from '../read-pages.ts';
import { countedRowsUrl, lookUpChunks, lookUpUrl, positionOf, withSelect } from './query.ts';
import type { Reader } from './reader.ts';
import { collationKey, MAX_KEY, type RowSource } from './rows.ts';
import { PAGE_MEMBERS, type RowPage } from './served-rows.ts';

/** The environment, entity and company whose rows are read. */
interface RowScope {
  readonly origin: string;
  readonly reader: Reader;
  readonly source: RowSource;
  readonly legalEntity: string;
}

/** Where a page is in its list, and which page follows. */
interface PageEnd {
  /** Null on the last page. */
  readonly nextLink: string | null;
  /** The positions (`positionOf`) of this page and of the next one. */
  readonly position: { readonly own: string; readonly next: string | null };
  /** The number of rows of the whole list; null if F&O does not say it. */
  readonly counted: number | null;
}

/** One page of records. `rows` counts all rows of the page, including repeated ones. */
export interface RecordsPage extends PageEnd {
  readonly records: readonly ErpRecord[];
  readonly rows: number;
}

/** The keys of the records of a page. */
export interface KeysPage extends PageEnd {
  readonly keys: readonly string[];
}

/** A look-up with more pages has a key that is a wildcard and matches a large part of the company. */
const MAX_LOOK_UP_PAGES = 100;

/** Reads the first page of a company's records, or the page of an earlier `nextLink`. */
export async function readPage(scope: RowScope, nextLink: string | undefined): Promise<RecordsPage> {
  const { origin, reader, source, legalEntity } = scope;
  const operation = `read ${source.entitySet}`;
  const first = countedRowsUrl(origin, source, legalEntity);
  const url = nextLink === undefined ? first : reader.follow(nextLink, operation);
  const page = await reader.read(source.page, { operation, url, asServed: true });
  const end = endOf(page, url, (link) => reader.follow(link, operation));
  return { records: recordsOf(scope, page, operation), rows: page.value.length, ...end };
}

function endOf(
  { nextLink, counted }: Pick<RowPage, 'nextLink' | 'counted'>,
  url: string,
  follow: (link: string) => string,
): PageEnd {
  const next = nextLink === undefined ? null : follow(nextLink);
  const position = { own: positionOf(url), next: next === null ? null : positionOf(next) };
  return { nextLink: next, position, counted: counted ?? null };
}

/**
 * Reads the keys of the page that `readPage` would read, without any other column. The link to the next page has all
 * columns again.
 */
export async function readKeys(scope: RowScope, nextLink: string | undefined): Promise<KeysPage> {
  const { origin, reader, source, legalEntity } = scope;
  const operation = `read keys of ${source.entitySet}`;
  const first = countedRowsUrl(origin, source, legalEntity);
  const full = nextLink === undefined ? first : reader.follow(nextLink, operation);
  const url = withSelect(full, ['dataAreaId', source.keyColumn]);
  const page = await reader.read(keysOf(source.keyColumn), { operation, url, asServed: true });
  const end = endOf(page, url, (link) => withSelect(reader.follow(link, operation), source.columns));
  return { keys: page.keys, ...end };
}

function keysOf(keyColumn: string) {
  return z
    .looseObject({
      value: z.array(z.looseObject({ [keyColumn]: z.string() })),
      ...PAGE_MEMBERS,
    })
    .transform((page) => ({
      keys: page.value.map((row) => String(row[keyColumn])),
      nextLink: page['@odata.nextLink'] ?? undefined,
      counted: page['@odata.count'] ?? undefined,
    }));
}

/**
 * Reads single records by key. Records that F&O does not have, or does not show to the user, are absent from the
 * result. A record that breaks the request is returned as unreadable, and the others are read. If no record at all can
 * be read, the failure is thrown, unless it is the last attempt.
 */
export async function lookUp(
  scope: RowScope,
  wanted: { readonly keys: readonly string[]; readonly isLastAttempt: boolean },
): Promise<readonly ErpRecord[]> {
  const { origin, source, legalEntity } = scope;
  const usable = wanted.keys.filter((key) => key.length <= MAX_KEY && isStorable(key));
  const keys = new Map(usable.map((key) => [collationKey(key), key]));
  keys.delete('');
  const chunks = lookUpChunks(origin, source, { legalEntity, keys: [...keys.values()] });
  const found = new Map<string, ErpRecord>();
  const unreadable: UnreadableKey[] = [];
  for (const chunk of chunks) {
    const read = await readIsolated(chunk, (part) => lookUpOnce(scope, part));
    for (const record of read.items) if (keys.has(collationKey(record.key))) found.set(record.key, record);
    unreadable.push(...read.unreadable);
  }
  const [first] = unreadable;
  if (first !== undefined && unreadable.length === keys.size && !wanted.isLastAttempt) throw first.error;
  const { kind } = source;
  return [
    ...found.values(),
    ...unreadable.map(({ key, reason }) =>
      unreadableRecord({ legalEntity: legalEntityKey(legalEntity), kind, key }, reason),
    ),
  ];
}

async function lookUpOnce(scope: RowScope, keys: readonly string[]): Promise<readonly ErpRecord[]> {
  const { origin, reader, source, legalEntity } = scope;
  const operation = `look up in ${source.entitySet}`;
  const first = lookUpUrl(origin, source, { legalEntity, keys });
  const { items, isWhole } = await readPages<ErpRecord>({
    pages: MAX_LOOK_UP_PAGES,
    contradictory: (why) => reader.inconsistent(operation, why),
    async read(next = first) {
      const page = await reader.read(source.page, { operation, url: next, asServed: true });
      const records = recordsOf(scope, page, operation);
      const link = page.nextLink === undefined ? undefined : reader.follow(page.nextLink, operation);
      return { items: records, keys: records.map(({ key }) => key), next: link };
    },
  });
  if (isWhole) return items;
  throw reader.unexpected(operation, `a look-up by keys returned more than ${MAX_LOOK_UP_PAGES} pages.`);
}

/** Rows of another company mean that F&O ignored the filter, so that no row can be trusted. */
function recordsOf({ reader, source, legalEntity }: RowScope, page: RowPage, operation: string): ErpRecord[] {
  const byKey = new Map<string, ErpRecord>();
  for (const row of page.value) {
    const record = source.read(row);
    if (record.legalEntity !== legalEntityKey(legalEntity))
      throw reader.unexpected(operation, 'the response contains rows of a company that was not requested.');
    byKey.set(record.key, record);
  }
  return [...byKey.values()];
}
