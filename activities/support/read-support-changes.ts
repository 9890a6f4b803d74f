import type { ConnectionRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { openTarget } from '../sync/open-slice.ts';

const DAY_MS = 86_400_000;
/** The number of days that the first reading of tickets covers, unless `support.since` is set. */
const FIRST_READING_DAYS = 365;
/**
 * Exports accept no start within the newest minute (Zendesk docs, Incremental Exports). A second one covers clock
 * differences.
 */
const YOUNGEST_START_S = 120;

/** Reads one page of the tickets that changed since the cursor into the tally. */
export async function readTicketChanges(
  { store, remote, attempt }: StepContext,
  { connectionId }: ConnectionRef,
): ReturnType<Steps['readTicketChanges']> {
  const { tickets: cursor } = await store.supportReading.cursors(connectionId);
  const askedAt = await store.staging.now();
  const { settings } = await store.connections.require(connectionId);
  const firstDay = settings.support.since ?? new Date(askedAt.getTime() - FIRST_READING_DAYS * DAY_MS).toISOString();
  const from = cursor === null ? { startTime: secondsOf(new Date(firstDay), askedAt) } : { cursor };
  const page = await remote(({ zendesk }) => zendesk.exportTickets({ ...from, pageSize: pageSizeOf(attempt) }));
  await store.tickets.record(connectionId, { tickets: page.tickets, askedAt });
  if (page.cursor !== null) await store.supportReading.saveCursor(connectionId, 'tickets', page.cursor);
  return { seen: page.tickets.length, done: page.endOfStream };
}

/** Reads one page of the users that changed since the cursor. The first reading starts at the current time. */
export async function readUserChanges(
  { store, remote, attempt }: StepContext,
  { connectionId }: ConnectionRef,
): ReturnType<Steps['readUserChanges']> {
  const { users: cursor } = await store.supportReading.cursors(connectionId);
  const askedAt = await store.staging.now();
  const from = cursor === null ? { startTime: secondsOf(askedAt, askedAt) } : { cursor };
  const page = await remote(({ zendesk }) => zendesk.exportUsers({ ...from, pageSize: pageSizeOf(attempt) }));
  const ids = page.users.map(({ id }) => id);
  const linked = await store.users.linked(connectionId, ids);
  const ours = page.users.filter(({ id }) => linked.has(id));
  const { mapped } = await openTarget(store, connectionId, 'user');
  const gone = { ids: ours.filter(({ isActive }) => !isActive).map(({ id }) => id), askedAt };
  const seen = { items: ours.filter(({ isActive }) => isActive), askedAt, mapped };
  await store.users.record(connectionId, { seen, gone });
  if (page.cursor !== null) await store.supportReading.saveCursor(connectionId, 'users', page.cursor);
  return { seen: page.users.length, done: page.endOfStream };
}

/**
 * Returns the page size. It is smaller after a failed attempt, because the page may have been too large or too slow.
 */
function pageSizeOf(attempt: number): number {
  return attempt > 1 ? 100 : 1_000;
}

function secondsOf(wanted: Date, now: Date): number {
  return Math.min(Math.floor(wanted.getTime() / 1_000), Math.floor(now.getTime() / 1_000) - YOUNGEST_START_S);
}
