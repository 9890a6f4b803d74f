/** The outcome of one record in a run. Every record that a run has read has exactly one. */
export type Outcome = 'created' | 'updated' | 'adopted' | 'unchanged' | 'skipped' | 'rejected';

/** All outcomes in the order in which they are shown. */
export const OUTCOMES: readonly Outcome[] = ['created', 'updated', 'adopted', 'unchanged', 'skipped', 'rejected'];

/**
 * The state of a record as it is listed: its outcome in the last run that read it, or `gone` when the last accepted
 * reading of its legal entity and kind did not contain it.
 */
export type RecordState = Outcome | 'gone';

/** All states of records in the order in which they are shown. */
export const RECORD_STATES: readonly RecordState[] = [...OUTCOMES, 'gone'];

/**
 * The numbers of records that a run, or one phase of it, has read, in total and by outcome. `gone` counts the known
 * records that the accepted reading did not contain. They are not part of `read`.
 */
export type Totals = Readonly<Record<'read' | RecordState, number>>;

/** Totals that are all zero. */
export const NO_TOTALS: Totals = {
  ...{ read: 0, created: 0, updated: 0, adopted: 0, unchanged: 0, skipped: 0, rejected: 0 },
  gone: 0,
};

/** Adds up the totals of several phases. */
export function addTotals(parts: readonly Totals[]): Totals {
  const sum = { ...NO_TOTALS };
  for (const part of parts) {
    sum.read += part.read;
    for (const state of RECORD_STATES) sum[state] += part[state];
  }
  return sum;
}

/** Returns whether every record that was read has an outcome. A run for which this is false has failed. */
export function isAccountedFor(totals: Totals): boolean {
  return OUTCOMES.reduce((sum, outcome) => sum + totals[outcome], 0) === totals.read;
}
