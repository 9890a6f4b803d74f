import { z } from 'zod';
import { readErpValue, textValue, type FieldValue } from '../../domain/sync/field-value.ts';
import { legalEntityKey } from '../../domain/sync/record.ts';
import { isStorable } from '../../domain/sync/text.ts';
import { readPages } from '../read-pages.ts';
import { anyOfUrl, chunksOf, equals } from './query.ts';
import type { Reader } from './reader.ts';
import { MAX_KEY, type RowSource } from './rows.ts';
import { PAGE_MEMBERS } from './served-rows.ts';

/** The parties and keys to look up. */
export interface PartiesWanted {
  readonly parties: readonly string[];
  readonly keys: readonly string[];
}

/** A number that F&O has, with its party; null if it has none. */
export interface PartyRow {
  readonly key: string;
  readonly party: string | null;
}

/** The entity and company whose rows are looked up. `party` is the column with the party. */
interface PartyScope {
  readonly origin: string;
  readonly reader: Reader;
  readonly source: Pick<RowSource, 'entitySet' | 'keyColumn' | 'order'>;
  readonly legalEntity: string;
  readonly party: string;
}

/** A look-up with more pages has a text that is a wildcard and matches a large part of the company. */
const MAX_PAGES = 100;

/**
 * Reads the numbers of these parties, and of these keys. Selects only keys and parties, because other columns of a row
 * can break a request.
 */
export async function readParties(scope: PartyScope, { parties, keys }: PartiesWanted): Promise<readonly PartyRow[]> {
  const { party, source } = scope;
  const usable = (texts: readonly string[]): string[] =>
    [...new Set(texts)].filter((text) => text !== '' && text.length <= MAX_KEY && isStorable(text));
  const terms = [
    ...usable(parties).map((text) => equals(party, text)),
    ...usable(keys).map((text) => equals(source.keyColumn, text)),
  ];
  const found = new Map<string, PartyRow>();
  const urlOfTerms = (some: readonly string[]): string => urlOf(scope, some);
  for (const chunk of chunksOf(terms, { urlOf: urlOfTerms }))
    for (const row of await readChunk(scope, chunk)) found.set(row.key, row);
  return [...found.values()];
}

function urlOf({ origin, source, legalEntity, party }: PartyScope, terms: readonly string[]): string {
  const columns = ['dataAreaId', source.keyColumn, party];
  return anyOfUrl(origin, { ...source, columns }, { legalEntity, terms });
}

async function readChunk(scope: PartyScope, terms: readonly string[]): Promise<readonly PartyRow[]> {
  const { reader, source, legalEntity, party } = scope;
  const operation = `look up parties in ${source.entitySet}`;
  const schema = rowsOf(source.keyColumn, party);
  const { items, isWhole } = await readPages<PartyRow>({
    pages: MAX_PAGES,
    contradictory: (why) => reader.inconsistent(operation, why),
    async read(url = urlOf(scope, terms)) {
      const page: z.infer<typeof schema> = await reader.read(schema, { operation, url });
      // Rows of another company mean that F&O ignored the filter, so that no row can be trusted.
      if (page.rows.some(({ company }) => legalEntityKey(company) !== legalEntityKey(legalEntity)))
        throw reader.unexpected(operation, 'the response contains rows of a company that was not requested.');
      const rows = page.rows.map(({ key, party: own }) => ({ key, party: own }));
      const next = page.nextLink === undefined ? undefined : reader.follow(page.nextLink, operation);
      return { items: rows, keys: rows.map(({ key }) => key), next };
    },
  });
  if (isWhole) return items;
  throw reader.unexpected(operation, `a look-up returned more than ${MAX_PAGES} pages.`);
}

function rowsOf(keyColumn: string, party: string) {
  const row = z.looseObject({ dataAreaId: z.string(), [keyColumn]: z.string(), [party]: z.string().nullable() });
  return z.looseObject({ value: z.array(row), ...PAGE_MEMBERS }).transform((page) => ({
    rows: page.value.map((one) => ({
      company: String(one['dataAreaId']),
      key: String(one[keyColumn]),
      party: textValue(readErpValue(one[party] as FieldValue)),
    })),
    nextLink: page['@odata.nextLink'] ?? undefined,
  }));
}
