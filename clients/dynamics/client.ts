import { z } from 'zod';
import type { Account, AccountKind } from '../../domain/account.ts';
import { legalEntityKey } from '../../domain/record.ts';
import type { TokenSource } from '../entra/tokens.ts';
import { FarSystemError } from '../errors.ts';
import type { Http } from '../http.ts';
import type { AdviceNames } from '../judge.ts';
import { ACCOUNT_PAGES, accountNumberKey, readAccount, type AccountPage } from './account-rows.ts';
import {
  ACCOUNT_COLUMNS,
  accountsUrl,
  collectionUrl,
  companyFilter,
  entitySetOf,
  lookUpUrls,
  type EntitySets,
} from './query.ts';
import { createReader, type Reader } from './reader.ts';

/** Names the accounts of one company and kind. */
interface AccountSet {
  readonly legalEntity: string;
  readonly kind: AccountKind;
  readonly signal?: AbortSignal | undefined;
}

/** One page of accounts. `rows` counts what F&O sent, repetitions included; `nextLink` is null on the last page. */
interface AccountsPage {
  readonly accounts: readonly Account[];
  readonly nextLink: string | null;
  readonly rows: number;
}

/** What Ledgerdesk asks of F&O. Every function rejects with a FarSystemError of `dynamics` or `entra`. */
export interface DynamicsClient {
  /** Reads the first page, or the one that a former page's `nextLink` names. */
  readAccountsPage(wanted: AccountSet & { readonly nextLink?: string | undefined }): Promise<AccountsPage>;
  /** Reads single accounts; those that F&O does not have, or does not show to the user, are absent. */
  readAccounts(wanted: AccountSet & { readonly accountNumbers: readonly string[] }): Promise<readonly Account[]>;
  /** All companies by id, lower case; also those whose accounts the user may not read, see `canRead`. */
  listLegalEntities(): Promise<readonly string[]>;
  /** Whether the user may read the accounts of this company and kind; an empty set can be read. */
  canRead(wanted: AccountSet): Promise<boolean>;
}

const legalEntitiesPage = z
  .looseObject({
    value: z.array(z.looseObject({ LegalEntityId: z.string().min(1) })),
    '@odata.nextLink': z.string().nullish(),
  })
  .transform((page) => ({ value: page.value, nextLink: page['@odata.nextLink'] ?? undefined }));

const anyPage = z.looseObject({ value: z.array(z.unknown()) });

/** A look-up that goes on for longer than this is a wildcard that matches half of the company. */
const MOST_LOOK_UP_PAGES = 100;

/**
 * Makes the client of one F&O environment. `pageSize` is asked for; F&O may send less, or ignore it. `names` are told in
 * what a person should do about a failure.
 */
export function createDynamicsClient(options: {
  readonly origin: string;
  readonly tokens: TokenSource;
  readonly http: Http;
  readonly entitySets: EntitySets;
  readonly pageSize?: number;
  readonly names?: AdviceNames;
}): DynamicsClient {
  const { origin, entitySets } = options;
  const reader = createReader({ ...options, pageSize: options.pageSize ?? 2_000 });
  return {
    readAccountsPage: (wanted) => readPage(reader, wanted, { origin, entitySets }),
    readAccounts: (wanted) => lookUp(reader, wanted, { origin, entitySets }),
    async listLegalEntities() {
      const operation = 'read LegalEntities';
      const ids = new Set<string>();
      const query = { $select: 'LegalEntityId', $orderby: 'LegalEntityId' };
      let url: string | undefined = collectionUrl(origin, 'LegalEntities', query);
      while (url !== undefined) {
        const page: z.infer<typeof legalEntitiesPage> = await reader.read(legalEntitiesPage, { operation, url });
        for (const { LegalEntityId } of page.value) ids.add(legalEntityKey(LegalEntityId));
        url = page.nextLink === undefined ? undefined : reader.follow(page.nextLink, { operation, url });
      }
      return [...ids];
    },
    async canRead({ legalEntity, kind, signal }) {
      const entitySet = entitySetOf(entitySets, kind);
      const query = { $top: '1', $select: ACCOUNT_COLUMNS[kind].number, $filter: companyFilter(legalEntity) };
      try {
        await reader.read(anyPage, {
          operation: `probe ${entitySet}`,
          url: collectionUrl(origin, entitySet, query),
          signal,
        });
        return true;
      } catch (error) {
        if (error instanceof FarSystemError && error.system === 'dynamics' && error.kind === 'forbidden') return false;
        throw error;
      }
    },
  };
}

interface Place {
  readonly origin: string;
  readonly entitySets: EntitySets;
}

async function readPage(
  reader: Reader,
  wanted: AccountSet & { readonly nextLink?: string | undefined },
  { origin, entitySets }: Place,
): Promise<AccountsPage> {
  const { legalEntity, kind, nextLink, signal } = wanted;
  const entitySet = entitySetOf(entitySets, kind);
  const operation = `read ${entitySet}`;
  const first = accountsUrl(origin, entitySet, { kind, filter: companyFilter(legalEntity) });
  const url = nextLink === undefined ? first : reader.follow(nextLink, { operation, url: first });
  const page = await reader.read(ACCOUNT_PAGES[kind], { operation, url, signal });
  const next = page.nextLink === undefined ? null : reader.follow(page.nextLink, { operation, url });
  return { accounts: accountsOf(reader, page, { wanted, operation }), nextLink: next, rows: page.value.length };
}

/** Rows of another company mean that the filter was not obeyed, and so that no row can be trusted. */
function accountsOf(reader: Reader, page: AccountPage, of: { wanted: AccountSet; operation: string }): Account[] {
  const { legalEntity, kind } = of.wanted;
  const byNumber = new Map<string, Account>();
  for (const row of page.value) {
    const account = readAccount(kind, row);
    if (account.legalEntity !== legalEntityKey(legalEntity))
      throw reader.unexpected(of.operation, 'rows of another company than the one asked for.');
    byNumber.set(account.key, account);
  }
  return [...byNumber.values()];
}

async function lookUp(
  reader: Reader,
  wanted: AccountSet & { readonly accountNumbers: readonly string[] },
  { origin, entitySets }: Place,
): Promise<readonly Account[]> {
  const { kind, signal } = wanted;
  const entitySet = entitySetOf(entitySets, kind);
  const operation = `look up in ${entitySet}`;
  const keys = new Map(wanted.accountNumbers.map((number) => [accountNumberKey(number), number]));
  keys.delete('');
  const accountNumbers = [...keys.values()];
  const found = new Map<string, Account>();
  for (const first of lookUpUrls(origin, entitySet, { ...wanted, accountNumbers })) {
    let url: string | undefined = first;
    for (let pages = 1; url !== undefined; pages += 1) {
      if (pages > MOST_LOOK_UP_PAGES) throw reader.unexpected(operation, 'more pages than a look-up can have.');
      const page: AccountPage = await reader.read(ACCOUNT_PAGES[kind], { operation, url, signal });
      for (const account of accountsOf(reader, page, { wanted, operation }))
        if (keys.has(accountNumberKey(account.key))) found.set(account.key, account);
      url = page.nextLink === undefined ? undefined : reader.follow(page.nextLink, { operation, url });
    }
  }
  return [...found.values()];
}
