/** What an ERP account is to Zendesk's people: somebody the distributor sells to, or buys from. */
export type AccountKind = 'customer' | 'vendor';

/** Names one account within a connection. `legalEntity` is lower case; `accountNumber` is written as F&O serves it. */
export interface AccountKey {
  readonly legalEntity: string;
  readonly kind: AccountKind;
  readonly accountNumber: string;
}

/**
 * An ERP account as the sync sees it, read from `CustomersV3` or `VendorsV2`.
 * Texts are trimmed; an empty text means that the ERP has none. `onHold` is the member of F&O's CustVendorBlocked
 * (`No`, `Invoice`, `All`, …). `name` is taken from the person fields for a person; it may be empty.
 */
export interface Account extends AccountKey {
  readonly name: string;
  readonly partyNumber: string;
  readonly group: string;
  readonly onHold: string;
  readonly currency: string;
  readonly city: string;
  readonly country: string;
}

/** Compares legal entities the way F&O does: without regard to case. */
export function legalEntityKey(legalEntity: string): string {
  return legalEntity.trim().toLowerCase();
}

/** Writes a key as one text, for maps and log lines: `usmf/customer/US-001`. */
export function accountKeyText(key: AccountKey): string {
  return `${key.legalEntity}/${key.kind}/${key.accountNumber}`;
}

/** Reads back what `accountKeyText` wrote, as an operator types it; undefined when it names no account. */
export function parseAccountKey(text: string): AccountKey | undefined {
  const [legalEntity, kind, ...rest] = text.split('/');
  const accountNumber = rest.join('/');
  if (legalEntity === undefined || (kind !== 'customer' && kind !== 'vendor') || accountNumber === '') return undefined;
  return { legalEntity: legalEntityKey(legalEntity), kind, accountNumber };
}
