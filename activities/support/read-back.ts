import { hasAnyGo } from '../../domain/connection/go.ts';
import { READING_GAP_MS, type DueRecord } from '../../store/support/support-reading.ts';
import type { HandleZendeskEventInput } from '../../workflows/contract.ts';
import type { ConnectionRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { openTarget } from '../sync/open-slice.ts';
import { annotate } from './annotate.ts';
import { openAnnotations } from './open-annotations.ts';

/** The maximum number of records in one reading, which takes five requests. */
const MAX_RECORDS = 500;
const PAGE = 100;

/** Reads all due tickets and users, unless the record of this event was already read. */
export async function readBack(context: StepContext, input: HandleZendeskEventInput): ReturnType<Steps['readBack']> {
  const { store } = context;
  if ((await endEventIfRead(context, input)).ended) return { waitMs: 0 };
  const taken = await store.supportReading.take(input.connectionId, MAX_RECORDS);
  if ('waitMs' in taken) return taken;
  await readTaken(context, input, taken);
  return { waitMs: (await endEventIfRead(context, input)).ended ? 0 : READING_GAP_MS };
}

/** Ends an event if its record was already read, or if the connection has no go. Then its record stays due. */
export async function endEventIfRead(
  { store }: StepContext,
  { connectionId, eventId, record, zendeskId: id }: HandleZendeskEventInput,
): ReturnType<Steps['endEventIfRead']> {
  const isAllowed = hasAnyGo(await store.gos.list(connectionId));
  if (isAllowed && (await store.supportReading.isDue(connectionId, { record, id }))) return { ended: false };
  await store.events.ended(eventId, isAllowed ? 'read' : 'no_go');
  return { ended: true };
}

async function readTaken(
  context: StepContext,
  { connectionId }: ConnectionRef,
  taken: { due: readonly DueRecord[]; askedAt: Date },
): Promise<void> {
  const { store } = context;
  try {
    const touched = await readTickets(context, connectionId, idsOf(taken.due, 'ticket'));
    await readUsers(context, connectionId, idsOf(taken.due, 'user'));
    await wakeAnnotations(context, connectionId, touched);
  } catch (error) {
    await store.supportReading.release(connectionId);
    throw error;
  }
  await store.supportReading.done(connectionId, taken);
}

/**
 * Wakes the annotations of the accounts of these organizations. Where none is written, the load is computed at once,
 * which needs no request and no workflow.
 */
async function wakeAnnotations(
  context: StepContext,
  connectionId: string,
  organizationIds: readonly string[],
): Promise<void> {
  const { store, wakeAnnotation } = context;
  const askedAt = await store.staging.now();
  const due = await store.annotationWakes.due(connectionId, organizationIds, askedAt);
  const { reasonOf } = await openAnnotations(store, connectionId);
  const accounts = due.filter((account) => reasonOf(account) === null);
  await Promise.all(
    accounts.map(({ legalEntity, kind, key, delayMs }) =>
      wakeAnnotation({ connectionId, legalEntity, kind, accountNumber: key }, delayMs),
    ),
  );
  await store.annotationWakes.recordWakes(connectionId, accounts, askedAt);
  for (const { legalEntity, kind, key } of due.filter((account) => reasonOf(account) !== null))
    await annotate(context, { connectionId, legalEntity, kind, key });
}

function idsOf(due: readonly DueRecord[], record: DueRecord['record']): string[] {
  return due.filter((each) => each.record === record).map(({ id }) => id);
}

/** Reads tickets. Returns the organizations to which they belong now, or belonged before. */
async function readTickets(
  { store, remote }: StepContext,
  connectionId: string,
  ids: readonly string[],
): Promise<string[]> {
  const touched: string[] = [];
  for (const page of pagesOf(ids)) {
    const askedAt = await store.staging.now();
    const tickets = await remote(({ zendesk }) => zendesk.showTickets(page));
    const shown = new Set(tickets.map(({ id }) => id));
    const absent = page.filter((id) => !shown.has(id));
    // Also unchanged tickets count: an interrupted attempt may have recorded them without waking the annotation.
    const shownOf = tickets.flatMap(({ organizationId }) => organizationId ?? []);
    touched.push(...shownOf, ...(await store.tickets.record(connectionId, { tickets, absent, askedAt })));
  }
  return touched;
}

/** Reads users that contacts are linked to. Deleted ones are missing in the answer. */
async function readUsers({ store, remote }: StepContext, connectionId: string, ids: readonly string[]): Promise<void> {
  const linked = await store.users.linked(connectionId, ids);
  const { mapped } = await openTarget(store, { connectionId }, 'user');
  for (const page of pagesOf(ids.filter((id) => linked.has(id)))) {
    const askedAt = await store.staging.now();
    const items = await remote(({ zendesk }) => zendesk.showUsers({ ids: page }));
    const shown = new Set(items.map(({ id }) => id));
    const gone = { ids: page.filter((id) => !shown.has(id)), askedAt };
    await store.users.record(connectionId, { seen: { items, askedAt, mapped }, gone });
  }
}

function pagesOf(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / PAGE) }, (_, page) => ids.slice(page * PAGE, (page + 1) * PAGE));
}
