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
  /** Whether texts of any length are stored with line ends as sent, or with CRLF. */
  memoLineEnds: 'kept' | 'crlf';
}

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
  memoLineEnds: 'kept',
};
