import { RECORD_STATES, type Totals } from '../../domain/sync/outcome.ts';

/** Returns totals as one line for the Web UI: `85 read: 60 created, 3 updated, 22 unchanged`. */
export function describeTotals(totals: Totals): string {
  const parts = RECORD_STATES.filter((outcome) => totals[outcome] > 0).map(
    (outcome) => `${totals[outcome]} ${outcome}`,
  );
  return parts.length === 0 ? `${totals.read} read` : `${totals.read} read: ${parts.join(', ')}`;
}
