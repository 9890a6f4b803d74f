/** The outcome of one record in a run. Every record that a run has read has exactly one. */
export type Outcome = 'created' | 'updated' | 'adopted' | 'unchanged' | 'skipped' | 'rejected';

/** All outcomes in the order in which they are shown. */
export const OUTCOMES: readonly Outcome[] = ['created', 'updated', 'adopted', 'unchanged', 'skipped', 'rejected'];

/** The numbers of records that a run, or one phase of it, has read, in total and by outcome. */
export type Totals = Readonly<Record<'read' | Outcome, number>>;

/** Totals that are all zero. */
export const NO_TOTALS: Totals = { read: 0, created: 0, updated: 0, adopted: 0, unchanged: 0, skipped: 0, rejected: 0 };

/** Adds up the totals of several phases. */
export function addTotals(parts: readonly Totals[]): Totals {
  const sum = { ...NO_TOTALS };
  for (const part of parts) {
    sum.read += part.read;
    for (const outcome of OUTCOMES) sum[outcome] += part[outcome];
  }
  return sum;
}

/** Returns whether every record that was read has an outcome. A run for which this is false has failed. */
export function isAccountedFor(totals: Totals): boolean {
  return OUTCOMES.reduce((sum, outcome) => sum + totals[outcome], 0) === totals.read;
}
