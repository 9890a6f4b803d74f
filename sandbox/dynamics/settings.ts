/** The settings of the simulated environment, which may be changed while it runs. */
export interface DynamicsSettings {
  /** The company to which requests without cross-company=true are limited. */
  defaultCompany: string;
  /** Companies whose rows the user may not see. The rows are absent, without an error. */
  hiddenCompanies: readonly string[];
  /** Rows that lists do not contain although they exist, as `company/key`. A reading can miss rows in the same way. */
  missingRows: readonly string[];
  /** The status of every request while the app is mapped to no user; null when it is mapped. */
  unmappedAppStatus: 401 | 403 | null;
  /** Entity sets that the user's roles may not read. */
  deniedEntitySets: readonly string[];
  /** Entity sets that the user's roles may read but not write. */
  readOnlyEntitySets: readonly string[];
  /** Further properties that do not allow editing, such as `CustomerV3.SalesMemo`. */
  notEditable: readonly string[];
  /** Properties that this version of the environment does not have, such as `CustomerV3.PersonLastNamePrefix`. */
  missingProperties: readonly string[];
  /** True if the metadata service refuses the user. */
  metadataDenied: boolean;
  /** Rows per page when the client requests no size (Microsoft docs, OData: at most 10,000). */
  defaultPageSize: number;
  /** True if `Prefer: odata.maxpagesize` is honoured. */
  honoursMaxPageSize: boolean;
  /** True if lists without $orderby have a different order in every response. */
  shuffleWithoutOrderBy: boolean;
  /** The index of the page that is returned empty although rows exist, counted from 0. */
  emptyPageAt: number | null;
  /** True if that empty page has a link to the next one. */
  emptyPageHasNextLink: boolean;
  /** The number of rows at the end of a page that the next page repeats. */
  duplicateRowsAcrossPages: number;
  /** The origin of links to the next page, instead of the server's own. */
  foreignNextLink: string | null;
  /** True if a create may choose its key. Otherwise the number sequence assigns it. */
  manualNumberSequence: boolean;
  /** The status of a write with an outdated If-Match. A forum reports 409. */
  outdatedEtagStatus: 412 | 409;
  /** The status of a write that the business logic refuses; 500 in older versions. */
  writeRefusedStatus: 400 | 500;
  /** The number of further updates that fail as if another process had changed the record. */
  updateConflicts: number;
  /** Records that can never be written, as `company/key`: every update fails with this status. */
  unwritableRecords: Readonly<Record<string, 412 | 500>>;
  /**
   * Records that can never be read, as `company/key`: each read of more than their key fails with 500, or a column
   * contains an object.
   */
  unreadableRecords: Readonly<Record<string, 'fails' | 'malformed'>>;
  /** The line ends of texts of unlimited length: as they were sent, or CRLF. */
  memoLineEnds: 'kept' | 'crlf';
  /** The business event of each kind of record, and the members that contain the record's key and company. */
  eventCatalog: EventCatalog;
  /** The probability that an event is never sent. */
  eventLoseShare: number;
  /** The probability that an event is sent twice. */
  eventDoubleShare: number;
  /** Simulated milliseconds from a change to its event. */
  eventDelayMs: number;
  /**
   * The longest random extra delay of an event in simulated milliseconds. It makes later events overtake earlier ones.
   */
  eventShuffleMs: number;
  /** The time limit for the response of an HTTPS endpoint, in real milliseconds. */
  eventTimeoutMs: number;
  /** The spelling of keys in data events, which depends on the serializer. */
  dataEventKeys: 'pascal' | 'camel';
  /** True if the data event of a deletion contains the deleted values, not only the GUID. */
  dataEventDeletePreImage: boolean;
}

/** The kinds of record that raise events. */
export type RecordKind = 'customer' | 'vendor' | 'contact';

/** The event's id, and the names of the members with the key and the company, by kind of record. */
export type EventCatalog = Readonly<
  Record<RecordKind, { readonly id: string; readonly key: string; readonly legalEntity: string }>
>;

/** The settings of an environment whose user may read and write everything. */
export const DEFAULT_SETTINGS: Readonly<DynamicsSettings> = {
  defaultCompany: 'usmf',
  hiddenCompanies: [],
  missingRows: [],
  unmappedAppStatus: null,
  deniedEntitySets: [],
  readOnlyEntitySets: [],
  notEditable: [],
  missingProperties: [],
  metadataDenied: false,
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
  unwritableRecords: {},
  unreadableRecords: {},
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
