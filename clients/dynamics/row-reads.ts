import { legalEntityKey, type ErpRecord } from '../../domain/sync/record.ts';
import { companyFilter, lookUpUrls, rowsUrl } from './query.ts';
import type { Reader } from './reader.ts';
import { collationKey, type RowSource } from './rows.ts';
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
 * Reads single records by key. Records that F&O does not have, or does not show to the user, are absent from the
 * result.
 */
export async function lookUp(scope: RowScope, wanted: readonly string[]): Promise<readonly ErpRecord[]> {
  const { origin, reader, source, legalEntity } = scope;
  const operation = `look up in ${source.entitySet}`;
  const keys = new Map(wanted.map((key) => [collationKey(key), key]));
  keys.delete('');
  const found = new Map<string, ErpRecord>();
  for (const first of lookUpUrls(origin, source, { legalEntity, keys: [...keys.values()] })) {
    let url: string | undefined = first;
    for (let pages = 1; url !== undefined; pages += 1) {
      if (pages > MAX_LOOK_UP_PAGES)
        throw reader.unexpected(operation, `a look-up by keys returned more than ${MAX_LOOK_UP_PAGES} pages.`);
      const page: RowPage = await reader.read(source.page, { operation, url, asServed: true });
      for (const record of recordsOf(scope, page, operation))
        if (keys.has(collationKey(record.key))) found.set(record.key, record);
      url = page.nextLink === undefined ? undefined : reader.follow(page.nextLink, { operation, url });
    }
  }
  return [...found.values()];
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
