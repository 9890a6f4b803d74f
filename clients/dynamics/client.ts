import { z } from 'zod';
import type { Account, AccountKind } from '../../domain/accounts/account.ts';
import type { Contact } from '../../domain/contacts/contact.ts';
import { legalEntityKey } from '../../domain/sync/record.ts';
import type { TokenSource } from '../entra/tokens.ts';
import { FarSystemError } from '../errors.ts';
import type { Http } from '../http.ts';
import type { AdviceNames } from '../classify.ts';
import { accountSource } from './account-rows.ts';
import { createCaller } from './caller.ts';
import { contactSource } from './contact-rows.ts';
import { fieldAccess, type FieldAccess } from './field-access.ts';
import { fieldLookUp, type FieldLookUp } from './field-info.ts';
import { collectionUrl, companyFilter } from './query.ts';
import { createReader, type Reader } from './reader.ts';
import { lookUp, readPage } from './row-reads.ts';

/** The entity sets of a connection; they moved between releases, so they are settings. */
interface EntitySets {
  readonly customers: string;
  readonly vendors: string;
  readonly contacts: string;
}

/** Names the records of one company. */
interface CompanyRead {
  readonly legalEntity: string;
  readonly signal?: AbortSignal | undefined;
}

/** Names the accounts of one company and kind. */
interface AccountSet extends CompanyRead {
  readonly kind: AccountKind;
}

/** One page of accounts. `rows` counts what F&O sent, repetitions included; `nextLink` is null on the last page. */
interface AccountsPage {
  readonly accounts: readonly Account[];
  readonly nextLink: string | null;
  readonly rows: number;
}

/** The same of contacts. The CDS set repeats a contact for each of its accounts, also over pages. */
interface ContactsPage extends Omit<AccountsPage, 'accounts'> {
  readonly contacts: readonly Contact[];
}

/** What Ledgerdesk asks of F&O. Every function rejects with a FarSystemError of `dynamics` or `entra`. */
export interface DynamicsClient extends FieldAccess, FieldLookUp {
  /** Reads the first page, or the one that a former page's `nextLink` names. */
  readAccountsPage(wanted: AccountSet & { readonly nextLink?: string | undefined }): Promise<AccountsPage>;
  /** Reads single accounts; those that F&O does not have, or does not show to the user, are absent. */
  readAccounts(wanted: AccountSet & { readonly accountNumbers: readonly string[] }): Promise<readonly Account[]>;
  /** Reads the first page, or the one that a former page's `nextLink` names; inactive contacts are among them. */
  readContactsPage(wanted: CompanyRead & { readonly nextLink?: string | undefined }): Promise<ContactsPage>;
  /** Reads single contacts; those that F&O does not have, or does not show to the user, are absent. */
  readContacts(wanted: CompanyRead & { readonly contactIds: readonly string[] }): Promise<readonly Contact[]>;
  /** All companies by id, lower case; also those whose accounts the user may not read, see `canRead`. */
  listLegalEntities(): Promise<readonly string[]>;
  /** Whether the user may read the records of this company and kind; an empty set can be read. */
  canRead(wanted: CompanyRead & { readonly kind: AccountKind | 'contact' }): Promise<boolean>;
  /** How many rows there are of a kind, in one company, or in all that the user sees when none is named. */
  countRecords(wanted: { readonly kind: AccountKind | 'contact'; readonly legalEntity?: string }): Promise<number>;
}

const legalEntitiesPage = z
  .looseObject({
    value: z.array(z.looseObject({ LegalEntityId: z.string().min(1) })),
    '@odata.nextLink': z.string().nullish(),
  })
  .transform((page) => ({ value: page.value, nextLink: page['@odata.nextLink'] ?? undefined }));

const anyPage = z.looseObject({ value: z.array(z.unknown()) });

const countedPage = z.looseObject({ '@odata.count': z.number().int().nonnegative() });

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
  const call = createCaller(options);
  const reader = createReader({ origin, call, pageSize: options.pageSize ?? 2_000 });
  const accounts = {
    customer: accountSource('customer', entitySets.customers),
    vendor: accountSource('vendor', entitySets.vendors),
  };
  const contact = contactSource(entitySets.contacts);
  return {
    ...fieldAccess(origin, call),
    ...fieldLookUp(origin, call),
    async readAccountsPage({ kind, nextLink, ...company }) {
      const place = { origin, reader, source: accounts[kind], ...company };
      const { items, ...page } = await readPage(place, nextLink);
      return { accounts: items, ...page };
    },
    readAccounts: ({ kind, accountNumbers, ...company }) =>
      lookUp({ origin, reader, source: accounts[kind], ...company }, accountNumbers),
    async readContactsPage({ nextLink, ...company }) {
      const { items, ...page } = await readPage({ origin, reader, source: contact, ...company }, nextLink);
      return { contacts: items, ...page };
    },
    readContacts: ({ contactIds, ...company }) => lookUp({ origin, reader, source: contact, ...company }, contactIds),
    listLegalEntities: () => listLegalEntities(reader, origin),
    async canRead({ legalEntity, kind, signal }) {
      const { entitySet, keyColumn } = { ...accounts, contact }[kind];
      const query = { $top: '1', $select: keyColumn, $filter: companyFilter(legalEntity) };
      const url = collectionUrl(origin, entitySet, query);
      try {
        await reader.read(anyPage, { operation: `probe ${entitySet}`, url, signal });
        return true;
      } catch (error) {
        if (error instanceof FarSystemError && error.system === 'dynamics' && error.kind === 'forbidden') return false;
        throw error;
      }
    },
    async countRecords({ kind, legalEntity }) {
      const { entitySet, keyColumn } = { ...accounts, contact }[kind];
      const inCompany = legalEntity === undefined ? {} : { $filter: companyFilter(legalEntity) };
      // A row comes along, since the bare `/$count` is answered as text; the count takes no regard of `$top`.
      const query = { $count: 'true', $top: '1', $select: keyColumn, ...inCompany };
      const url = collectionUrl(origin, entitySet, query);
      const page = await reader.read(countedPage, { operation: `count ${entitySet}`, url });
      return page['@odata.count'];
    },
  };
}

async function listLegalEntities(reader: Reader, origin: string): Promise<readonly string[]> {
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
}
