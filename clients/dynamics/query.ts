import type { AccountKind } from '../../domain/account.ts';

/** The entity sets of a connection; they moved between releases, so they are settings. */
export interface EntitySets {
  readonly customers: string;
  readonly vendors: string;
  readonly contacts?: string;
}

/** What is read of an account set, by the names that this set gives its members. Names are case-sensitive. */
export type AccountColumns = Readonly<
  Record<'number' | 'party' | 'partyType' | 'name' | 'knownAs' | 'alias' | 'group' | 'currency', string>
>;

/** Members that both account sets name alike (CSDL of 10.0.47). */
export const SHARED_COLUMNS = [
  'PersonFirstName',
  'PersonMiddleName',
  'PersonLastNamePrefix',
  'PersonLastName',
  'OnHoldStatus',
  'AddressCity',
  'AddressCountryRegionId',
] as const;

/** The members of `CustomersV3` and `VendorsV2` (CSDL of 10.0.47). */
export const ACCOUNT_COLUMNS: Readonly<Record<AccountKind, AccountColumns>> = {
  customer: {
    number: 'CustomerAccount',
    party: 'PartyNumber',
    partyType: 'PartyType',
    name: 'OrganizationName',
    knownAs: 'KnownAs',
    alias: 'NameAlias',
    group: 'CustomerGroupId',
    currency: 'SalesCurrencyCode',
  },
  vendor: {
    number: 'VendorAccountNumber',
    party: 'VendorPartyNumber',
    partyType: 'VendorPartyType',
    name: 'VendorOrganizationName',
    knownAs: 'VendorKnownAsName',
    alias: 'VendorSearchName',
    group: 'VendorGroupId',
    currency: 'CurrencyCode',
  },
};

/** Longest URL of a look-up: IIS and proxies take about 2,000 characters without being asked. */
const LONGEST_URL = 2_000;

/** The entity set that holds the accounts of a kind. */
export function entitySetOf(entitySets: EntitySets, kind: AccountKind): string {
  return kind === 'customer' ? entitySets.customers : entitySets.vendors;
}

/**
 * The URL of a collection. `cross-company` lifts F&O's silent limit to the user's default company (Microsoft docs,
 * "Cross-company behavior"); without a stable order, pages by offset repeat and miss rows.
 */
export function collectionUrl(origin: string, entitySet: string, options: Readonly<Record<string, string>>): string {
  const query = Object.entries({ 'cross-company': 'true', ...options }).map(
    ([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("'", '%27')}`,
  );
  return `${origin}/data/${encodeURIComponent(entitySet)}?${query.join('&')}`;
}

/** The URL of the first page of all accounts of a company. */
export function accountsUrl(origin: string, entitySet: string, wanted: { kind: AccountKind; filter: string }): string {
  const columns = ACCOUNT_COLUMNS[wanted.kind];
  return collectionUrl(origin, entitySet, {
    $select: ['dataAreaId', ...Object.values(columns), ...SHARED_COLUMNS].join(','),
    $filter: wanted.filter,
    $orderby: `dataAreaId,${columns.number}`,
  });
}

/** The condition that a row belongs to one company. */
export function companyFilter(legalEntity: string): string {
  return `dataAreaId eq ${literal(legalEntity)}`;
}

/**
 * Splits account numbers into look-ups whose URLs stay short. A number with `*` is looked up alone, since F&O takes the
 * star for a wildcard and may answer with many rows.
 */
export function lookUpUrls(
  origin: string,
  entitySet: string,
  wanted: { legalEntity: string; kind: AccountKind; accountNumbers: readonly string[] },
): readonly string[] {
  const { legalEntity, kind, accountNumbers } = wanted;
  const urlOf = (numbers: readonly string[]): string => {
    const terms = numbers.map((number) => `${ACCOUNT_COLUMNS[kind].number} eq ${literal(number)}`);
    return accountsUrl(origin, entitySet, {
      kind,
      filter: `${companyFilter(legalEntity)} and (${terms.join(' or ')})`,
    });
  };
  const chunks: string[][] = [];
  for (const number of accountNumbers) {
    const last = chunks.at(-1);
    const fits = last?.every((other) => !other.includes('*')) === true && !number.includes('*');
    if (fits && urlOf([...last, number]).length < LONGEST_URL) last.push(number);
    else chunks.push([number]);
  }
  return chunks.map(urlOf);
}

/** A text as OData writes it: quotes are doubled. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
