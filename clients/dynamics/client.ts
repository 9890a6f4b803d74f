import { z } from 'zod';
import type { EntitySpec } from '../../domain/entity-spec.ts';
import { legalEntityKey, type ErpRecord } from '../../domain/sync/record.ts';
import type { AdviceNames } from '../classify.ts';
import type { TokenSource } from '../entra/tokens.ts';
import { RemoteError } from '../errors.ts';
import type { Http } from '../http.ts';
import { readPages } from '../read-pages.ts';
import { createCaller } from './caller.ts';
import { fieldAccess, type FieldAccess } from './field-access.ts';
import { fieldLookUp, type FieldLookUp } from './field-info.ts';
import { missingColumnLookUp, type MissingColumnLookUp } from './find-missing-columns.ts';
import { readParties, type PartiesWanted, type PartyRow } from './party-rows.ts';
import { collectionUrl, companyFilter } from './query.ts';
import { createReader, type Reader } from './reader.ts';
import { lookUp, readKeys, readPage, type KeysPage, type RecordsPage } from './row-reads.ts';
import { rowSourceOf } from './rows.ts';
import { PAGE_MEMBERS } from './served-rows.ts';

/** The records of one entity in one company. */
interface EntityInCompany {
  readonly entity: EntitySpec;
  readonly legalEntity: string;
}

/** The client of one F&O environment. Every function rejects with a RemoteError of `dynamics` or `entra`. */
export interface DynamicsClient extends FieldAccess, FieldLookUp, MissingColumnLookUp {
  /** Reads the first page, or the page of an earlier `nextLink`. Inactive records are included. */
  readRecordsPage(wanted: EntityInCompany & { readonly nextLink?: string | undefined }): Promise<RecordsPage>;
  /**
   * Reads the keys of the page that `readRecordsPage` would read, for a page that fails because of a record in it. Read
   * the records of the keys with `readRecords`.
   */
  readKeysPage(wanted: EntityInCompany & { readonly nextLink?: string | undefined }): Promise<KeysPage>;
  /**
   * Reads single records. Records that F&O does not have, or does not show to the user, are absent from the result. A
   * record that breaks the request is unreadable in the result. If all do, the failure is thrown before the last
   * attempt.
   */
  readRecords(
    wanted: EntityInCompany & { readonly keys: readonly string[]; readonly isLastAttempt?: boolean },
  ): Promise<readonly ErpRecord[]>;
  /**
   * Reads which numbers exist: all of these parties, and those of these keys, each with its party. Returns undefined if
   * the entity has no party, or F&O does not have its column.
   */
  readParties(wanted: EntityInCompany & PartiesWanted): Promise<readonly PartyRow[] | undefined>;
  /**
   * Returns the ids of all companies in lower case, including those whose records the user may not read (`canRead`).
   */
  listLegalEntities(): Promise<readonly string[]>;
  /**
   * Returns whether the user may read the records of one company, or of all; an empty set can be read. Selects the columns of a sync, so it rejects
   * as `refused` when the environment lacks one that the entity does not list in `lacks`.
   */
  canRead(wanted: Pick<EntityInCompany, 'entity'> & Partial<EntityInCompany>): Promise<boolean>;
  /** Counts the records of an entity in one company, or in all companies that the user sees when none is given. */
  countRecords(wanted: Pick<EntityInCompany, 'entity'> & Partial<EntityInCompany>): Promise<number>;
}

const legalEntitiesPage = z
  .looseObject({
    value: z.array(z.looseObject({ LegalEntityId: z.string().min(1) })),
    ...PAGE_MEMBERS,
  })
  .transform((page) => ({
    ids: page.value.map(({ LegalEntityId }) => legalEntityKey(LegalEntityId)),
    nextLink: page['@odata.nextLink'] ?? undefined,
    counted: page['@odata.count'] ?? undefined,
  }));

const anyPage = z.looseObject({ value: z.array(z.unknown()) });

const countedPage = z.looseObject({ '@odata.count': z.number().int().nonnegative() });

/**
 * Creates the client of one F&O environment. F&O may send smaller pages than `pageSize`, or ignore it. `names` appear
 * in the advice about failures.
 */
export function createDynamicsClient(options: {
  readonly origin: string;
  readonly tokens: TokenSource;
  readonly http: Http;
  readonly pageSize?: number;
  readonly names?: AdviceNames;
}): DynamicsClient {
  const { origin } = options;
  const call = createCaller(options);
  const reader = createReader({ origin, call, pageSize: options.pageSize ?? 2_000 });
  const lookUpField = fieldLookUp(origin, call);
  const scopeOf = ({ entity, legalEntity }: EntityInCompany) => ({
    ...{ origin, reader, legalEntity },
    source: rowSourceOf(entity),
  });
  return {
    ...fieldAccess(origin, call),
    ...lookUpField,
    ...missingColumnLookUp(lookUpField),
    readRecordsPage: ({ nextLink, ...wanted }) => readPage(scopeOf(wanted), nextLink),
    readKeysPage: ({ nextLink, ...wanted }) => readKeys(scopeOf(wanted), nextLink),
    readRecords: ({ keys, isLastAttempt = false, ...wanted }) => lookUp(scopeOf(wanted), { keys, isLastAttempt }),
    async readParties({ parties, keys, ...wanted }) {
      const { members, lacks = [] } = wanted.entity;
      const { party } = members;
      if (party === undefined || lacks.includes(party)) return undefined;
      return readParties({ ...scopeOf(wanted), party }, { parties, keys });
    },
    listLegalEntities: () => listLegalEntities(reader, origin),
    async canRead({ entity, legalEntity }) {
      const { entitySet, columns, order } = rowSourceOf(entity);
      const selected = { $select: columns.join(','), $orderby: order.join(',') };
      const inCompany = legalEntity === undefined ? {} : { $filter: companyFilter(legalEntity) };
      const url = collectionUrl(origin, entitySet, { $top: '1', ...selected, ...inCompany });
      try {
        await reader.read(anyPage, { operation: `probe ${entitySet}`, url });
        return true;
      } catch (error) {
        if (error instanceof RemoteError && error.system === 'dynamics' && error.kind === 'forbidden') return false;
        throw error;
      }
    },
    async countRecords({ entity: { entitySet, key }, legalEntity }) {
      const inCompany = legalEntity === undefined ? {} : { $filter: companyFilter(legalEntity) };
      // `/$count` without a row returns text instead of JSON. The count ignores `$top`.
      const query = { $count: 'true', $top: '1', $select: key, ...inCompany };
      const url = collectionUrl(origin, entitySet, query);
      const page = await reader.read(countedPage, { operation: `count ${entitySet}`, url });
      return page['@odata.count'];
    },
  };
}

async function listLegalEntities(reader: Reader, origin: string): Promise<readonly string[]> {
  const operation = 'read LegalEntities';
  const query = { $select: 'LegalEntityId', $orderby: 'LegalEntityId', $count: 'true' };
  const first = collectionUrl(origin, 'LegalEntities', query);
  const { items } = await readPages<string>({
    contradictory: (why) => reader.inconsistent(operation, why),
    async read(next = first) {
      const { ids, nextLink, counted } = await reader.read(legalEntitiesPage, { operation, url: next });
      const link = nextLink === undefined ? undefined : reader.follow(nextLink, operation);
      return { items: ids, keys: ids, next: link, counted };
    },
  });
  return [...new Set(items)];
}
