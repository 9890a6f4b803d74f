import type { RecordKey, RecordKind } from '../sync/record.ts';

/** What an ERP account is to Zendesk's people: somebody the distributor sells to, or buys from. */
export type AccountKind = Exclude<RecordKind, 'contact'>;

/**
 * An ERP account as the sync sees it, read from `CustomersV3` or `VendorsV2`; its key is the account number.
 * Texts are trimmed; an empty text means that the ERP has none. `onHold` is the member of F&O's CustVendorBlocked
 * (`No`, `Invoice`, `All`, …). `name` is taken from the person fields for a person; it may be empty.
 */
export interface Account extends RecordKey {
  readonly kind: AccountKind;
  readonly name: string;
  readonly partyNumber: string;
  readonly group: string;
  readonly onHold: string;
  readonly currency: string;
  readonly city: string;
  readonly country: string;
}
