import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { compareEvents } from '../../domain/events/same-event.ts';
import { inTransaction, type Db } from '../database.ts';
import { recordReusedNumber } from './reused-numbers.ts';

/** The system that sent an event. */
export type EventSource = 'zendesk' | 'dynamics';

/**
 * An event that arrived at a known hook. Events with the same `dedupeKey`, a ControlNumber or an id, are the same
 * event. `bodyHash` shows whether its content has changed. `reusedKey` is the key of an event whose `dedupeKey` is a
 * ControlNumber, in case that another event has this number; undefined for all other events.
 */
export interface IncomingEvent {
  readonly connectionId: string;
  readonly source: EventSource;
  readonly dedupeKey: string;
  readonly reusedKey?: string | undefined;
  readonly eventId: string | null;
  readonly controlNumber: string | null;
  readonly type: string;
  readonly bodyHash: string;
}

/**
 * The result of `receive`: an event to start a workflow for, one that was accepted before, or one with other content.
 * `isReused` is true if the ControlNumber of a new event belongs to another event.
 */
export type Received =
  | { readonly state: 'new'; readonly id: string; readonly isReused: boolean }
  | { readonly state: 'duplicate' }
  | { readonly state: 'other_content' };

/** A listed event. Times are ISO-8601 UTC. */
export interface EventReport {
  readonly id: string;
  readonly connectionId: string;
  readonly source: EventSource;
  readonly eventId: string | null;
  readonly controlNumber: string | null;
  readonly type: string;
  readonly receivedAt: string;
  readonly verdict: 'accepted' | 'duplicate' | 'refused';
  readonly reason: string | null;
  readonly outcome: string | null;
  readonly workflowId: string | null;
}

/** The received events and their outcomes. */
export interface EventStore {
  /**
   * Stores an event. One that Temporal has not accepted yet counts as new, so that a redelivery starts its workflow.
   */
  receive(event: IncomingEvent): Promise<Received>;
  /** Records that Temporal has accepted the event. */
  accepted(id: string, workflowId: string): Promise<void>;
  /** Records the outcome of an event that starts no workflow. */
  ignored(id: string, outcome: string): Promise<void>;
  /** Stores a refused event with the reason, at most 60 a minute, so that a sender cannot fill the database. */
  refused(event: IncomingEvent, reason: string): Promise<void>;
  /** Records the outcome of an accepted event. */
  ended(id: string, outcome: string): Promise<void>;
  /** Returns the events of a connection, the newest first. */
  list(connectionId: string, limit: number | undefined): Promise<{ items: EventReport[]; total: number }>;
  /** Returns when an event from this source was last accepted; undefined when none was. */
  lastAccepted(connectionId: string, source: EventSource): Promise<Date | undefined>;
}

const MAX_REFUSED_PER_MINUTE = 60;

/** Creates the store of events. */
export function createEventStore(db: Db): EventStore {
  return {
    receive: (event) => receive(db, event),
    async accepted(id, workflowId) {
      await db
        .updateTable('events')
        .set({ verdict: 'accepted', workflow_id: workflowId })
        .where('id', '=', id)
        .execute();
    },
    async ignored(id, outcome) {
      await db.updateTable('events').set({ verdict: 'accepted', outcome }).where('id', '=', id).execute();
    },
    async refused(event, reason) {
      const recent = db.selectFrom('events').select((eb) => eb.fn.countAll<number>().as('refused'));
      const { refused } = await recent
        .where('connection_id', '=', event.connectionId)
        .where('verdict', '=', 'refused')
        .where('received_at', '>', sql<Date>`now() - interval '1 minute'`)
        .executeTakeFirstOrThrow();
      if (refused < MAX_REFUSED_PER_MINUTE) await insert(db, event, { verdict: 'refused', reason });
    },
    async ended(id, outcome) {
      const ended = { outcome, ended_at: sql<Date>`now()` };
      await db.updateTable('events').set(ended).where('id', '=', id).execute();
    },
    list: (connectionId, limit) => list(db, connectionId, limit),
    async lastAccepted(connectionId, source) {
      const row = await db
        .selectFrom('events')
        .select((eb) => eb.fn.max('received_at').as('at'))
        .where('connection_id', '=', connectionId)
        .where('source', '=', source)
        .where('verdict', 'in', ['accepted', 'remembered'])
        .executeTakeFirst();
      return row?.at ?? undefined;
    },
  };
}

async function receive(db: Db, event: IncomingEvent, isReused = false): Promise<Received> {
  const id = await (isReused ? insertReused(db, event) : insert(db, event, NEW));
  if (id !== undefined) return { state: 'new', id, isReused };
  const first = await db
    .selectFrom('events')
    .select(['id', 'verdict', 'event_id as eventId', 'body_hash as bodyHash'])
    .where('connection_id', '=', event.connectionId)
    .where('source', '=', event.source)
    .where('dedupe_key', '=', event.dedupeKey)
    .where('verdict', 'in', ['received', 'accepted', 'remembered'])
    .executeTakeFirst();
  if (first === undefined) return receive(db, event, isReused);
  const { reusedKey, ...known } = event;
  const found = compareEvents(first, event);
  if (found === 'other' && reusedKey !== undefined) return receive(db, { ...known, dedupeKey: reusedKey }, true);
  if (found !== 'same') {
    await insert(db, event, { verdict: 'refused', reason: 'other_content' });
    return { state: 'other_content' };
  }
  if (first.verdict === 'received') return { state: 'new', id: first.id, isReused };
  await insert(db, event, { verdict: 'duplicate', reason: null });
  return { state: 'duplicate' };
}

const NEW = { verdict: 'received', reason: null } as const;

/** Stores an event whose ControlNumber another event has, and that this has happened. */
function insertReused(db: Db, event: IncomingEvent): Promise<string | undefined> {
  return inTransaction(db, async (tx) => {
    const id = await insert(tx, event, NEW);
    if (id !== undefined) await recordReusedNumber(tx, event.connectionId, event.controlNumber ?? event.dedupeKey);
    return id;
  });
}

/** Returns the id of the new row, or undefined when the event is already stored. */
async function insert(
  db: Db,
  event: IncomingEvent,
  { verdict, reason }: { verdict: 'received' | 'duplicate' | 'refused'; reason: string | null },
): Promise<string | undefined> {
  const row = await db
    .insertInto('events')
    .values({
      id: randomUUID(),
      connection_id: event.connectionId,
      source: event.source,
      dedupe_key: event.dedupeKey,
      event_id: event.eventId,
      control_number: event.controlNumber,
      type: event.type,
      body_hash: event.bodyHash,
      verdict,
      reason,
      outcome: null,
      workflow_id: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

async function list(
  db: Db,
  connectionId: string,
  limit: number | undefined,
): Promise<{ items: EventReport[]; total: number }> {
  const ofIt = db.selectFrom('events').where('connection_id', '=', connectionId);
  const all = ofIt.where('verdict', 'not in', ['received', 'remembered']);
  const { total } = await all.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const newest = all.selectAll().orderBy('received_at', 'desc').orderBy('id');
  const rows = await (limit === undefined ? newest : newest.limit(limit)).execute();
  const items = rows.map((row) => ({
    id: row.id,
    connectionId: row.connection_id,
    source: row.source,
    eventId: row.event_id,
    controlNumber: row.control_number,
    type: row.type,
    receivedAt: row.received_at.toISOString(),
    verdict: row.verdict as EventReport['verdict'],
    reason: row.reason,
    outcome: row.outcome,
    workflowId: row.workflow_id,
  }));
  return { items, total };
}
