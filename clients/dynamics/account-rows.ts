import { z } from 'zod';
import type { Account, AccountKind } from '../../domain/account.ts';
import { legalEntityKey } from '../../domain/record.ts';
import { ACCOUNT_COLUMNS, SHARED_COLUMNS } from './query.ts';

/** One page of an account set as F&O sends it. */
export interface AccountPage {
  readonly value: readonly AccountRow[];
  readonly nextLink: string | undefined;
}

/** A row by the members that were selected; F&O has no null, but an outer join may send one. */
export type AccountRow = Readonly<Record<string, string | null>>;

/** Every selected member must be there: one that is missing would blank what Zendesk holds. */
const pageOf = (kind: AccountKind): z.ZodType<AccountPage> => {
  const columns = ACCOUNT_COLUMNS[kind];
  const names = [...Object.values(columns), ...SHARED_COLUMNS].filter((name) => name !== columns.number);
  const shape: Record<string, z.ZodType<string | null>> = {
    ...Object.fromEntries(names.map((name) => [name, z.string().nullable()])),
    dataAreaId: z.string().min(1),
    [columns.number]: z.string().refine((number) => number.trim() !== '', 'a row with an empty key'),
  };
  return z
    .looseObject({ value: z.array(z.object(shape)), '@odata.nextLink': z.string().nullish() })
    .transform((page) => ({ value: page.value, nextLink: page['@odata.nextLink'] ?? undefined }));
};

/** The schema of a page of customers or vendors. */
export const ACCOUNT_PAGES: Readonly<Record<AccountKind, z.ZodType<AccountPage>>> = {
  customer: pageOf('customer'),
  vendor: pageOf('vendor'),
};

/** Reads an account from a row. The number stays as served; every other text is trimmed and on one line. */
export function readAccount(kind: AccountKind, row: AccountRow): Account {
  const columns = ACCOUNT_COLUMNS[kind];
  const text = (name: string): string => (row[name] ?? '').replace(/\p{Cc}+/gu, ' ').trim();
  return {
    legalEntity: legalEntityKey(row['dataAreaId'] ?? ''),
    kind,
    key: row[columns.number] ?? '',
    name: nameOf(kind, text),
    partyNumber: text(columns.party),
    group: text(columns.group),
    onHold: text('OnHoldStatus'),
    currency: text(columns.currency),
    city: text('AddressCity'),
    country: text('AddressCountryRegionId'),
  };
}

function nameOf(kind: AccountKind, text: (name: string) => string): string {
  const columns = ACCOUNT_COLUMNS[kind];
  const personParts = ['PersonFirstName', 'PersonMiddleName', 'PersonLastNamePrefix', 'PersonLastName'].map(text);
  const person = personParts.filter((part) => part !== '').join(' ');
  const isPerson = text(columns.partyType).toLowerCase() === 'person';
  const names = [...(isPerson ? [person] : []), text(columns.name), text(columns.knownAs), text(columns.alias)];
  return names.find((name) => name !== '') ?? '';
}

/** The form in which F&O compares account numbers: without regard to case and trailing blanks (SQL collation). */
export function accountNumberKey(key: string): string {
  return key.trimEnd().toLowerCase();
}
