/** What may be changed about the simulated environment while it runs. */
export interface DynamicsSettings {
  /** The company that requests without cross-company=true are limited to. */
  defaultCompany: string;
  /** Companies whose rows the user may not see: they are absent, without an error. */
  hiddenCompanies: readonly string[];
  /** The status that every request gets because the app is mapped to no user; null: it is mapped. */
  unmappedAppStatus: 401 | 403 | null;
  /** Entity sets that the user's roles may not read. */
  deniedEntitySets: readonly string[];
  /** Entity sets that the user's roles may read, not write. */
  readOnlyEntitySets: readonly string[];
  /** Further properties that do not allow editing, e.g. `CustomerV3.SalesMemo`. */
  notEditable: readonly string[];
  /** Rows per page when the client does not ask for a size (Microsoft docs, OData: at most 10,000). */
  defaultPageSize: number;
  /** Whether `Prefer: odata.maxpagesize` is obeyed. */
  honoursMaxPageSize: boolean;
  /** Whether lists without $orderby come in another order at every request. */
  shuffleWithoutOrderBy: boolean;
  /** The page, counted from 0, that comes back empty though rows exist. */
  emptyPageAt: number | null;
  /** Whether that empty page still links to the next one. */
  emptyPageHasNextLink: boolean;
  /** How many of a page's last rows the next page repeats before its own. */
  duplicateRowsAcrossPages: number;
  /** The origin that links to the next page point to instead of the server's own. */
  foreignNextLink: string | null;
  /** Whether a create may choose its key; otherwise the number sequence gives it. */
  manualNumberSequence: boolean;
  /** The status of a write whose If-Match is outdated; a forum reports 409. */
  outdatedEtagStatus: 412 | 409;
  /** The status of a write that the business logic refuses; 500 in older builds. */
  writeRefusedStatus: 400 | 500;
  /** How many further updates fail because another process has changed the record meanwhile. */
  updateConflicts: number;
  /** Whether texts of any length are stored with line ends as sent, or with CRLF. */
  memoLineEnds: 'kept' | 'crlf';
  /** The business event that a change of each kind of record raises, and the members that name the record. */
  eventCatalog: EventCatalog;
  /** The probability that an event never sets out. */
  eventLoseShare: number;
  /** The probability that an event is sent twice. */
  eventDoubleShare: number;
  /** Simulated milliseconds from a change to its event. */
  eventDelayMs: number;
  /** Simulated milliseconds that an event may wait longer, at random: later ones overtake it. */
  eventShuffleMs: number;
  /** Real milliseconds that an HTTPS endpoint has to answer. */
  eventTimeoutMs: number;
  /** How data events spell the keys of their context: serializers differ. */
  dataEventKeys: 'pascal' | 'camel';
  /** Whether the data event of a deletion still tells what was deleted, besides its GUID. */
  dataEventDeletePreImage: boolean;
}

/** The kinds of record that raise events. */
export type RecordKind = 'customer' | 'vendor' | 'contact';

/** By kind of record: the event's id, and the names of the members with the key and the company. */
export type EventCatalog = Readonly<
  Record<RecordKind, { readonly id: string; readonly key: string; readonly legalEntity: string }>
>;

/** The settings of an environment whose user may read and write everything. */
export const DEFAULT_SETTINGS: Readonly<DynamicsSettings> = {
  defaultCompany: 'usmf',
  hiddenCompanies: [],
  unmappedAppStatus: null,
  deniedEntitySets: [],
  readOnlyEntitySets: [],
  notEditable: [],
  defaultPageSize: 10_000,
  honoursMaxPageSize: true,
  shuffleWithoutOrderBy: true,
  emptyPageAt: null,
  emptyPageHasNextLink: true,
  duplicateRowsAcrossPages: 0,
  foreignNextLink: null,
  manualNumberSequence: false,
  outdatedEtagStatus: 412,
  writeRefusedStatus: 400,
  updateConflicts: 0,
  memoLineEnds: 'kept',
  eventCatalog: {
    customer: { id: 'ContosoCustomerChangedBusinessEvent', key: 'CustomerAccount', legalEntity: 'LegalEntity' },
    vendor: { id: 'ContosoVendorChangedBusinessEvent', key: 'VendorAccountNumber', legalEntity: 'LegalEntity' },
    contact: { id: 'ContosoContactChangedBusinessEvent', key: 'ContactPersonId', legalEntity: 'LegalEntity' },
  },
  eventLoseShare: 0,
  eventDoubleShare: 0,
  eventDelayMs: 0,
  eventShuffleMs: 0,
  eventTimeoutMs: 10_000,
  dataEventKeys: 'pascal',
  dataEventDeletePreImage: true,
};
