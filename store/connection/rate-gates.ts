import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** A remote system asked us to wait. `waitMs` is the remaining time. `bucket` names the rate limit. */
export class GateClosedError extends Error {
  override readonly name = 'GateClosedError';
  readonly system: string;
  readonly bucket: string;
  readonly waitMs: number;
  constructor(closed: { system: string; bucket: string; waitMs: number }) {
    super(`${closed.system} asked us to wait (${closed.bucket}): ${Math.ceil(closed.waitMs / 1_000)} s.`);
    this.system = closed.system;
    this.bucket = closed.bucket;
    this.waitMs = closed.waitMs;
  }
}

/** A request that is about to be sent. `buckets` are the rate limits that it counts towards. */
export interface GateRequest {
  readonly connectionId: string;
  readonly system: string;
  readonly buckets: readonly string[];
}

/** The permission for one request. `probe` is set when this request finds out whether a closed gate is open again. */
export interface GateTicket extends GateRequest {
  readonly enteredAt: Date;
  readonly probe: string | null;
}

/** Rate gates, shared by all workers: one row per connection, remote system and bucket while the bucket is closed. */
export interface GateStore {
  /**
   * Returns the permission for a request. Throws a GateClosedError while a bucket is closed or another request probes
   * it.
   */
  enter(request: GateRequest): Promise<GateTicket>;
  /**
   * Closes a bucket for `waitMs`, unless it was closed while this request was under way, so that several 429 answers to
   * concurrent requests count as one. Returns how long to wait, in milliseconds.
   */
  close(ticket: GateTicket, bucket: string, waitMs: number): Promise<number>;
  /** Closes the bucket `account` until the rate window resets, so that the rest of the window is left to other apps. */
  yieldToOthers(request: GateRequest, waitMs: number): Promise<void>;
  /** Ends the wait at the request of a person: the next request in these buckets becomes the probe. */
  endWait(request: GateRequest): Promise<void>;
  /** Returns the buckets of a connection that are closed now, the longest wait first. */
  closed(connectionId: string): Promise<readonly { system: string; bucket: string; waitMs: number }[]>;
  /** Opens the gate that this request has probed, because it was answered. */
  succeed(ticket: GateTicket): Promise<void>;
  /** Lets another request probe, because this one failed for another reason. */
  release(ticket: GateTicket): Promise<void>;
}

/** How long other requests wait before they check again whether the probe has succeeded. */
const BEHIND_PROBE_MS = 2_000;
/** The lifetime of a probe whose process was killed. It is longer than any request may take (`clients/http.ts`). */
const PROBE_FORGOTTEN_AFTER_S = 75;

/** Creates the store of rate gates. All times are those of the database. */
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
    async closed(connectionId) {
      const { rows } = await sql<{ system: string; bucket: string; waitMs: number }>`select system, bucket,
          (extract(epoch from closed_until - now()) * 1000)::float8 as "waitMs" from rate_gates
        where connection_id = ${connectionId} and closed_until > now() order by closed_until desc`.execute(db);
      return rows;
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

/**
 * Takes the probe of every bucket whose time is over. Throws a GateClosedError when another request probes one of them.
 */
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
