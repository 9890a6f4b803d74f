/** The parts of a sweep, in their order. `alerts` also restarts the delivery of alerts. */
export const SWEEP_PARTS = ['runs', 'events', 'tickets', 'audit', 'access', 'alerts'] as const;

/** A part of a sweep: one kind of rows that it deletes. */
export type SweepPart = (typeof SWEEP_PARTS)[number];

/**
 * The number of days beyond Temporal's own retention for which the key of an event is kept, so that the same event is
 * never processed twice. It does not depend on the retention of lists.
 */
export const EVENT_MEMORY_DAYS = 90;
