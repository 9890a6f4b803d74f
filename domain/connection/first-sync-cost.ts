/**
 * The size of a first sync: the rows of each kind in each legal entity, and the organizations that Zendesk already has.
 */
export interface SyncSize {
  readonly slices: readonly number[];
  readonly organizations: number;
  /** Rows that are created one by one, because bulk import of users is off. They are not in `slices`. */
  readonly singles?: readonly number[];
  /** Custom fields that the first run creates. */
  readonly missingFields?: number;
}

/**
 * The cost of a first sync: the numbers of requests, and the minimum duration by the rate limit, null if that is
 * unknown.
 */
export interface SyncCost {
  readonly dynamics: number;
  readonly zendesk: number;
  readonly minutes: number | null;
}

/** Rows per page of F&O. */
const ROWS_PER_PAGE = 2_000;
/** Organizations per page of Zendesk's export. */
const ORGANIZATIONS_PER_PAGE = 1_000;
/** The maximum numbers of records in a bulk job, and of jobs that are submitted before they are polled. */
const RECORDS_PER_JOB = 100;
const JOBS_PER_ROUND = 25;

/**
 * Estimates the cost of a first sync that creates all records: one page of the export per thousand organizations; one
 * job and about one poll per hundred records; one more poll at the end of each round; one request for each record that
 * is created alone, after one bulk job that Zendesk refuses; and one per custom field. `perMinute` is the number of
 * requests that Ledgerdesk may make, without the share of other apps. Measured: 22 requests for 1,000 accounts, 205 for
 * 10,000.
 */
export function firstSyncCost(size: SyncSize, perMinute: number | null): SyncCost {
  const { slices, organizations, singles = [], missingFields = 0 } = size;
  const single = sum(singles) === 0 ? 0 : sum(singles) + 1;
  const written = sum(slices.map(requestsToWrite)) + single + missingFields;
  const zendesk = Math.floor(organizations / ORGANIZATIONS_PER_PAGE) + 1 + written;
  const dynamics = sum([...slices, ...singles].map((rows) => Math.max(1, Math.ceil(rows / ROWS_PER_PAGE))));
  const minutes = perMinute === null ? null : Math.ceil(zendesk / Math.max(1, perMinute));
  return { dynamics, zendesk, minutes };
}

function requestsToWrite(records: number): number {
  const jobs = Math.ceil(records / RECORDS_PER_JOB);
  return 2 * jobs + Math.ceil(jobs / JOBS_PER_ROUND);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
