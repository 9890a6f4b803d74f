import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** A far system asked us to wait. `waitMs` is what is left of it; the bucket is what it closed. */
export class GateClosedError extends Error {
  override readonly name = 'GateClosedError';
  readonly system: string;
  readonly bucket: string;
  readonly waitMs: number;
  constructor(closed: { system: string; bucket: string; waitMs: number }) {
    super(`${closed.system} asked us to wait (${closed.bucket}) for another ${Math.ceil(closed.waitMs / 1_000)} s.`);
    this.system = closed.system;
    this.bucket = closed.bucket;
    this.waitMs = closed.waitMs;
  }
}

/** A request about to be made, in the buckets that its far system counts it in. */
export interface GateRequest {
  readonly connectionId: string;
  readonly system: string;
  readonly buckets: readonly string[];
}

/** Leave to make one request. `probe` is set when it is the one that finds out whether a closed gate is open again. */
export interface GateTicket extends GateRequest {
  readonly enteredAt: Date;
  readonly probe: string | null;
}

/** Rate gates: one row per connection, far system and bucket while that bucket is closed, shared by every worker. */
export interface GateStore {
  /** Asks leave for a request; throws GateClosedError while a bucket is closed, or while another request probes it. */
  enter(request: GateRequest): Promise<GateTicket>;
  /**
   * Closes a bucket for `waitMs`, unless it was closed while this request was under way: so that many answers "too many
   * requests" to calls made at once count as one. Answers how long to wait.
   */
  close(ticket: GateTicket, bucket: string, waitMs: number): Promise<number>;
  /** Leaves the rest of a rate window to others: closes the account's bucket until the window resets. */
  yieldToOthers(request: GateRequest, waitMs: number): Promise<void>;
  /** A person ended the wait: the next request in these buckets probes whether they are open, whatever time was left. */
  endWait(request: GateRequest): Promise<void>;
  /** The request was answered: a probed gate is open again. */
  succeed(ticket: GateTicket): Promise<void>;
  /** The request failed for another reason: somebody else may probe. */
  release(ticket: GateTicket): Promise<void>;
}

/** How long others wait before they look again whether the probe has succeeded. */
const BEHIND_PROBE_MS = 2_000;
/** A probe whose process died is forgotten after this, longer than any request may take (clients/http.ts). */
const PROBE_FORGOTTEN_AFTER_S = 75;

/** Builds the store of rate gates. All times are the database's. */
export function createGateStore(db: Db): GateStore {
  return {
    enter: (request) => enter(db, request),
    close: (ticket, bucket, waitMs) => close(db, ticket, { bucket, waitMs }),
    async yieldToOthers({ connectionId, system }, waitMs) {
      await sql`insert into rate_gates (connection_id, system, bucket, closed_at, closed_until, reason)
        values (${connectionId}, ${system}, 'account', now(), ${until(waitMs)}, 'politeness') on conflict do nothing`.execute(
        db,
      );
    },
    async endWait({ connectionId, system, buckets }) {
      await sql`update rate_gates set closed_until = least(closed_until, now()) where connection_id = ${connectionId}
        and system = ${system} and bucket = any(${sql.val([...buckets])}::text[])`.execute(db);
    },
    async succeed({ probe }) {
      if (probe !== null) await db.deleteFrom('rate_gates').where('probe', '=', probe).execute();
    },
    async release({ probe }) {
      if (probe === null) return;
      await db.updateTable('rate_gates').set({ probe: null, probe_at: null }).where('probe', '=', probe).execute();
    },
  };
}

const until = (waitMs: number) => sql`now() + ${waitMs} * interval '1 millisecond'`;

interface GateRow {
  readonly bucket: string;
  readonly wait_ms: number;
  readonly reason: string;
}

async function enter(db: Db, request: GateRequest): Promise<GateTicket> {
  const { connectionId, system, buckets } = request;
  const { rows } = await sql<GateRow & { now: Date }>`
    select clock.now, g.bucket, g.reason, (extract(epoch from g.closed_until - clock.now) * 1000)::float8 as wait_ms
    from (select now()) clock left join rate_gates g
      on g.connection_id = ${connectionId} and g.system = ${system} and g.bucket = any(${sql.val([...buckets])}::text[])`.execute(
    db,
  );
  const gates = rows.filter(({ bucket }) => (bucket as string | null) !== null);
  const closed = gates.find(({ wait_ms: waitMs }) => waitMs > 0);
  if (closed) throw new GateClosedError({ system, bucket: closed.bucket, waitMs: closed.wait_ms });
  const probe = gates.length > 0 ? await takeProbe(db, request) : null;
  return { ...request, enteredAt: rows[0]?.now ?? new Date(), probe };
}

/** Takes the probe of every bucket of the request whose time is over, or throws when somebody else has one of them. */
async function takeProbe(db: Db, { connectionId, system, buckets }: GateRequest): Promise<string> {
  const probe = randomUUID();
  await sql`delete from rate_gates where connection_id = ${connectionId} and system = ${system}
    and bucket = any(${sql.val([...buckets])}::text[]) and reason = 'politeness' and closed_until <= now()`.execute(db);
  await sql`update rate_gates set probe = ${probe}, probe_at = now()
    where connection_id = ${connectionId} and system = ${system} and bucket = any(${sql.val([...buckets])}::text[])
      and closed_until <= now()
      and (probe is null or probe_at < now() - ${PROBE_FORGOTTEN_AFTER_S} * interval '1 second')`.execute(db);
  const { rows } = await sql<{ bucket: string }>`select bucket from rate_gates
    where connection_id = ${connectionId} and system = ${system} and bucket = any(${sql.val([...buckets])}::text[])
      and probe is distinct from ${probe}`.execute(db);
  const [behind] = rows;
  if (!behind) return probe;
  await db.updateTable('rate_gates').set({ probe: null, probe_at: null }).where('probe', '=', probe).execute();
  throw new GateClosedError({ system, bucket: behind.bucket, waitMs: BEHIND_PROBE_MS });
}

async function close(db: Db, ticket: GateTicket, closing: { bucket: string; waitMs: number }): Promise<number> {
  const { connectionId, system, enteredAt, probe } = ticket;
  await sql`insert into rate_gates as g (connection_id, system, bucket, closed_at, closed_until, reason)
    values (${connectionId}, ${system}, ${closing.bucket}, now(), ${until(closing.waitMs)}, 'limited')
    on conflict (connection_id, system, bucket) do update
      set closed_at = now(), closed_until = excluded.closed_until, reason = 'limited', probe = null, probe_at = null
      where g.probe = ${probe} or (g.closed_at <= ${enteredAt} and g.probe is null)`.execute(db);
  if (probe !== null) {
    await db.updateTable('rate_gates').set({ probe: null, probe_at: null }).where('probe', '=', probe).execute();
  }
  const { rows } = await sql<{ wait_ms: number }>`
    select greatest(extract(epoch from closed_until - now()) * 1000, 1000)::float8 as wait_ms from rate_gates
    where connection_id = ${connectionId} and system = ${system} and bucket = ${closing.bucket}`.execute(db);
  return rows[0]?.wait_ms ?? closing.waitMs;
}
