/** The kinds of rows that a sweep erases, one after the other; `alerts` also restarts the delivery of what is undelivered. */
export const SWEEP_PARTS = ['runs', 'events', 'tickets', 'audit', 'access', 'alerts'] as const;

/** One kind of rows that a sweep erases. */
export type SweepPart = (typeof SWEEP_PARTS)[number];

/**
 * The number of days beyond Temporal's own retention for which an event is remembered, whatever the retention of lists, so that
 * the same event is never processed twice.
 */
export const EVENT_MEMORY_DAYS = 90;
