import { legalEntityKey } from '../../domain/sync/record.ts';
import { companyFilter, lookUpUrls, rowsUrl } from './query.ts';
import type { Reader } from './reader.ts';
import { collationKey, type RowPage, type RowSource } from './rows.ts';

/** Where the rows of one company are read. */
interface RowPlace<Item> {
  readonly origin: string;
  readonly reader: Reader;
  readonly source: RowSource<Item>;
  readonly legalEntity: string;
  readonly signal?: AbortSignal | undefined;
}

/** One page of records. `rows` counts what F&O sent, repetitions included; `nextLink` is null on the last page. */
interface ItemsPage<Item> {
  readonly items: readonly Item[];
  readonly nextLink: string | null;
  readonly rows: number;
}

/** A look-up that goes on for longer than this is a wildcard that matches half of the company. */
const MOST_LOOK_UP_PAGES = 100;

/** Reads the first page of a company's records, or the one that a former page's `nextLink` names. */
export async function readPage<Item extends { readonly legalEntity: string }>(
  place: RowPlace<Item>,
  nextLink: string | undefined,
): Promise<ItemsPage<Item>> {
  const { origin, reader, source, legalEntity, signal } = place;
  const operation = `read ${source.entitySet}`;
  const first = rowsUrl(origin, source, companyFilter(legalEntity));
  const url = nextLink === undefined ? first : reader.follow(nextLink, { operation, url: first });
  const page = await reader.read(source.page, { operation, url, signal });
  const next = page.nextLink === undefined ? null : reader.follow(page.nextLink, { operation, url });
  return { items: itemsOf(place, page, operation), nextLink: next, rows: page.value.length };
}

/** Reads single records by their keys; those that F&O does not have, or does not show to the user, are absent. */
export async function lookUp<Item extends { readonly legalEntity: string }>(
  place: RowPlace<Item>,
  wanted: readonly string[],
): Promise<readonly Item[]> {
  const { origin, reader, source, legalEntity, signal } = place;
  const operation = `look up in ${source.entitySet}`;
  const keys = new Map(wanted.map((key) => [collationKey(key), key]));
  keys.delete('');
  const found = new Map<string, Item>();
  for (const first of lookUpUrls(origin, source, { legalEntity, keys: [...keys.values()] })) {
    let url: string | undefined = first;
    for (let pages = 1; url !== undefined; pages += 1) {
      if (pages > MOST_LOOK_UP_PAGES) throw reader.unexpected(operation, 'more pages than a look-up can have.');
      const page: RowPage = await reader.read(source.page, { operation, url, signal });
      for (const item of itemsOf(place, page, operation))
        if (keys.has(collationKey(source.keyOf(item)))) found.set(source.keyOf(item), item);
      url = page.nextLink === undefined ? undefined : reader.follow(page.nextLink, { operation, url });
    }
  }
  return [...found.values()];
}

/** Rows of another company mean that the filter was not obeyed, and so that no row can be trusted. */
function itemsOf<Item extends { readonly legalEntity: string }>(
  { reader, source, legalEntity }: RowPlace<Item>,
  page: RowPage,
  operation: string,
): Item[] {
  const byKey = new Map<string, Item>();
  for (const row of page.value) {
    const item = source.read(row);
    if (item.legalEntity !== legalEntityKey(legalEntity))
      throw reader.unexpected(operation, 'rows of another company than the one asked for.');
    byKey.set(source.keyOf(item), item);
  }
  return [...byKey.values()];
}
