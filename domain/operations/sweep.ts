/** What a sweep erases, one kind after the other; `alerts` also wakes what was not told yet. */
export const SWEEP_PARTS = ['runs', 'events', 'tickets', 'audit', 'access', 'alerts'] as const;

/** One kind of rows that a sweep erases. */
export type SweepPart = (typeof SWEEP_PARTS)[number];

/**
 * For how many days beyond Temporal's own retention an event is remembered, so that the same one is never processed twice:
 * whatever the retention of what is listed.
 */
export const EVENT_MEMORY_DAYS = 90;
