import { hasAnyGo } from '../../domain/review/go.ts';
import type { ZendeskClient } from '../../clients/zendesk/client.ts';
import type { ConnectionRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { openTarget } from '../sync/open-slice.ts';
import { recordWorkingSupport } from './working-support.ts';

const DAY_S = 86_400;
/** The number of days that the first reading of tickets covers, unless `support.since` is set. */
const FIRST_READING_DAYS = 365;
/**
 * Exports accept no start within the newest minute by Zendesk's clock (Zendesk docs, Incremental Exports). A second one is
 * for differences between Zendesk's own servers.
 */
const YOUNGEST_START_S = 120;

/** Reads one page of the tickets that changed since the cursor into the tally. Without a go, nothing is read. */
export async function readTicketChanges(
  { store, remote, attempt }: StepContext,
  { connectionId }: ConnectionRef,
): ReturnType<Steps['readTicketChanges']> {
  if (!hasAnyGo(await store.gos.list(connectionId))) return { seen: 0, done: true };
  const { tickets: cursor } = await store.supportReading.cursors(connectionId);
  const askedAt = await store.staging.now();
  const { settings } = await store.connections.require(connectionId);
  const page = await remote(async ({ zendesk }) => {
    const from = cursor === null ? { startTime: firstStart(await nowOf(zendesk), settings.support.since) } : { cursor };
    return zendesk.exportTickets({ ...from, pageSize: pageSizeOf(attempt) });
  });
  await store.tickets.record(connectionId, { tickets: page.tickets, askedAt });
  if (page.cursor !== null) await store.supportReading.saveCursor(connectionId, 'tickets', page.cursor);
  return { seen: page.tickets.length, done: page.endOfStream };
}

/**
 * Reads one page of the users that changed since the cursor. The first reading starts at the current time. Without a go,
 * nothing is read.
 */
export async function readUserChanges(
  context: StepContext,
  { connectionId, endsWell = false }: Parameters<Steps['readUserChanges']>[0],
): ReturnType<Steps['readUserChanges']> {
  const { store, remote, attempt } = context;
  if (!hasAnyGo(await store.gos.list(connectionId))) return { seen: 0, done: true };
  const { users: cursor } = await store.supportReading.cursors(connectionId);
  const askedAt = await store.staging.now();
  const page = await remote(async ({ zendesk }) => {
    const from = cursor === null ? { startTime: (await nowOf(zendesk)) - YOUNGEST_START_S } : { cursor };
    return zendesk.exportUsers({ ...from, pageSize: pageSizeOf(attempt) });
  });
  const ids = page.users.map(({ id }) => id);
  const linked = await store.users.linked(connectionId, ids);
  const ours = page.users.filter(({ id }) => linked.has(id));
  const { mapped } = await openTarget(store, connectionId, 'user');
  const gone = { ids: ours.filter(({ isActive }) => !isActive).map(({ id }) => id), askedAt };
  const seen = { items: ours.filter(({ isActive }) => isActive), askedAt, mapped };
  await store.users.record(connectionId, { seen, gone });
  if (page.cursor !== null) await store.supportReading.saveCursor(connectionId, 'users', page.cursor);
  if (page.endOfStream && endsWell) await recordWorkingSupport(context, connectionId);
  return { seen: page.users.length, done: page.endOfStream };
}

/**
 * Returns the time by Zendesk's clock, in unix seconds. The clock of this machine is not used, because it may be minutes
 * ahead. An answer without a date counts as one of yesterday, so that an export begins early rather than too late.
 */
async function nowOf(zendesk: ZendeskClient): Promise<number> {
  const at = await zendesk.serverTime();
  return at === null ? Math.floor(Date.now() / 1_000) - DAY_S : Math.floor(Date.parse(at) / 1_000);
}

function firstStart(now: number, since: string | undefined): number {
  const wanted = since === undefined ? now - FIRST_READING_DAYS * DAY_S : Math.floor(Date.parse(since) / 1_000);
  return Math.min(wanted, now - YOUNGEST_START_S);
}

/**
 * Returns the page size. It is smaller after a failed attempt, because the page may have been too large or too slow.
 */
function pageSizeOf(attempt: number): number {
  return attempt > 1 ? 100 : 1_000;
}
