import { z } from 'zod';
import { legalEntityKey, unreadableRecord, type ErpRecord } from '../../domain/sync/record.ts';
import { isStorable } from '../../domain/sync/text.ts';
import { readIsolated, type UnreadableKey } from './isolate.ts';
import { companyFilter, lookUpChunks, lookUpUrl, rowsUrl, withSelect } from './query.ts';
import type { Reader } from './reader.ts';
import { collationKey, MAX_KEY, type RowSource } from './rows.ts';
import type { RowPage } from './served-rows.ts';

/** The environment, entity and company whose rows are read. */
interface RowScope {
  readonly origin: string;
  readonly reader: Reader;
  readonly source: RowSource;
  readonly legalEntity: string;
}

/**
 * One page of records. `rows` counts all rows of the page, including repeated ones. `nextLink` is null on the last
 * page.
 */
export interface RecordsPage {
  readonly records: readonly ErpRecord[];
  readonly nextLink: string | null;
  readonly rows: number;
}

/** A look-up with more pages has a key that is a wildcard and matches a large part of the company. */
const MAX_LOOK_UP_PAGES = 100;

/** Reads the first page of a company's records, or the page of an earlier `nextLink`. */
export async function readPage(scope: RowScope, nextLink: string | undefined): Promise<RecordsPage> {
  const { origin, reader, source, legalEntity } = scope;
  const operation = `read ${source.entitySet}`;
  const first = rowsUrl(origin, source, companyFilter(legalEntity));
  const url = nextLink === undefined ? first : reader.follow(nextLink, { operation, url: first });
  const page = await reader.read(source.page, { operation, url, asServed: true });
  const next = page.nextLink === undefined ? null : reader.follow(page.nextLink, { operation, url });
  return { records: recordsOf(scope, page, operation), nextLink: next, rows: page.value.length };
}

/**
 * Reads the keys of the page that `readPage` would read, without any other column. The link to the next page has all
 * columns again.
 */
export async function readKeys(
  scope: RowScope,
  nextLink: string | undefined,
): Promise<{ readonly keys: readonly string[]; readonly nextLink: string | null }> {
  const { origin, reader, source, legalEntity } = scope;
  const operation = `read keys of ${source.entitySet}`;
  const first = rowsUrl(origin, source, companyFilter(legalEntity));
  const full = nextLink === undefined ? first : reader.follow(nextLink, { operation, url: first });
  const url = withSelect(full, ['dataAreaId', source.keyColumn]);
  const page = await reader.read(keysOf(source.keyColumn), { operation, url, asServed: true });
  const next = page.nextLink === undefined ? null : reader.follow(page.nextLink, { operation, url });
  return { keys: page.keys, nextLink: next === null ? null : withSelect(next, source.columns) };
}

function keysOf(keyColumn: string) {
  return z
    .looseObject({
      value: z.array(z.looseObject({ [keyColumn]: z.string() })),
      '@odata.nextLink': z.string().nullish(),
    })
    .transform((page) => ({
      keys: page.value.map((row) => String(row[keyColumn])),
      nextLink: page['@odata.nextLink'] ?? undefined,
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
  const found: ErpRecord[] = [];
  let url: string | undefined = lookUpUrl(origin, source, { legalEntity, keys });
  for (let pages = 1; url !== undefined; pages += 1) {
    if (pages > MAX_LOOK_UP_PAGES)
      throw reader.unexpected(operation, `a look-up by keys returned more than ${MAX_LOOK_UP_PAGES} pages.`);
    const page: RowPage = await reader.read(source.page, { operation, url, asServed: true });
    found.push(...recordsOf(scope, page, operation));
    url = page.nextLink === undefined ? undefined : reader.follow(page.nextLink, { operation, url });
  }
  return found;
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
