import { hasAnyGo } from '../../domain/connection/go.ts';
import type { ZendeskClient } from '../../clients/zendesk/client.ts';
import type { ConnectionRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import type { SeenUser } from '../../domain/contacts/user.ts';
import { openTarget } from '../sync/open-slice.ts';
import { readExportPage } from './read-export.ts';
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
  context: StepContext,
  { connectionId }: ConnectionRef,
): ReturnType<Steps['readTicketChanges']> {
  const { store } = context;
  if (!hasAnyGo(await store.gos.list(connectionId))) return { seen: 0, done: true };
  const { settings } = await store.connections.require(connectionId);
  return readExportPage(context, {
    ...{ connectionId, name: 'tickets' },
    firstStart: async (zendesk) => firstStart(await nowOf(zendesk), settings.support.since),
    async page(zendesk, wanted) {
      const { tickets, ...position } = await zendesk.exportTickets(wanted);
      return { items: tickets, ...position };
    },
    async store(tickets, askedAt) {
      await store.tickets.record(connectionId, { tickets, askedAt });
    },
  });
}

/**
 * Reads one page of the users that changed since the cursor. The first reading starts at the current time. Without a go,
 * nothing is read.
 */
export async function readUserChanges(
  context: StepContext,
  { connectionId, endsWell = false }: Parameters<Steps['readUserChanges']>[0],
): ReturnType<Steps['readUserChanges']> {
  if (!hasAnyGo(await context.store.gos.list(connectionId))) return { seen: 0, done: true };
  const read = await readExportPage(context, {
    ...{ connectionId, name: 'users' },
    firstStart: async (zendesk) => (await nowOf(zendesk)) - YOUNGEST_START_S,
    async page(zendesk, wanted) {
      const { users, ...position } = await zendesk.exportUsers(wanted);
      return { items: users, ...position };
    },
    store: (users, askedAt) => recordUsers(context, connectionId, { users, askedAt }),
  });
  if (read.done && endsWell) await recordWorkingSupport(context, connectionId);
  return read;
}

/** Records those users that contacts are linked to. Deleted ones are not active. */
async function recordUsers(
  { store }: StepContext,
  connectionId: string,
  { users, askedAt }: { users: readonly SeenUser[]; askedAt: Date },
): Promise<void> {
  const linked = await store.users.linked(
    connectionId,
    users.map(({ id }) => id),
  );
  const ours = users.filter(({ id }) => linked.has(id));
  const { mapped } = await openTarget(store, { connectionId }, 'user');
  const gone = { ids: ours.filter(({ isActive }) => !isActive).map(({ id }) => id), askedAt };
  const seen = { items: ours.filter(({ isActive }) => isActive), askedAt, mapped };
  await store.users.record(connectionId, { seen, gone });
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
