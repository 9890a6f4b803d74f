import { sql } from 'kysely';
import {
  credentialOf,
  decideRefusal,
  provesCredential,
  REFUSAL_WAITS,
  type CheckedCall,
  type CredentialName,
  type RefusalWaits,
} from '../../domain/connection/refusal.ts';
import type { RemoteSystem } from '../../domain/connection/remote-system.ts';
import { inTransaction, type Db } from '../database.ts';

/** A request that a remote system has refused. `message` says what happened and what a person must do if it lasts. */
export interface RefusedCall extends CheckedCall {
  readonly connectionId: string;
  readonly kind: 'unauthorized' | 'forbidden';
  readonly code: string | null;
  readonly message: string;
}

/**
 * What is known of a refusal: the next attempt is due after `waitMs`; or it is confirmed. Then `worksElsewhere` is true
 * when the remote system accepts the same credential for other requests.
 */
export type Refusal =
  | { readonly isConfirmed: false; readonly attempts: number; readonly waitMs: number }
  | { readonly isConfirmed: true; readonly worksElsewhere: boolean };

/** A refusal that is not confirmed yet. `attempts` of `neededAttempts` were refused. */
export interface UnconfirmedRefusal extends CheckedCall {
  readonly connectionId: string;
  readonly credential: CredentialName;
  readonly attempts: number;
  readonly neededAttempts: number;
  readonly code: string | null;
  readonly message: string;
  readonly refusedAt: Date;
  readonly nextAt: Date;
  /** The time until the next attempt by the clock of the database, in milliseconds; negative when it is overdue. */
  readonly leftMs: number;
}

/** Refused requests and working credentials of connections, shared by all workers. Times are those of the database. */
export interface RefusalStore {
  readonly waits: RefusalWaits;
  /** Records a refusal, and returns whether it is confirmed by now. */
  refuse(refused: RefusedCall): Promise<Refusal>;
  /** Records that a request succeeded: its refusal, if any, was temporary. */
  succeed(connectionId: string, call: CheckedCall): Promise<void>;
  /** Returns the refusals of a connection, or of all connections, that are not confirmed, the oldest first. */
  unconfirmed(connectionId?: string): Promise<UnconfirmedRefusal[]>;
  /** Returns whether a credential of a connection was rejected, and this is confirmed. */
  isRejected(connectionId: string): Promise<boolean>;
  /** Forgets refusals, because the credentials were seen to work. By default those of all credentials. */
  clear(connectionId: string, credentials?: readonly CredentialName[]): Promise<void>;
  /** Forgets also that the credentials have worked, because others were applied. */
  forget(connectionId: string, credentials?: readonly CredentialName[]): Promise<void>;
}

/** Creates the store of refusals. */
export function createRefusalStore(db: Db, waits: RefusalWaits = REFUSAL_WAITS): RefusalStore {
  const clear: RefusalStore['clear'] = async (connectionId, credentials) => {
    await sql`delete from refusals where connection_id = ${connectionId} and ${isOneOf(credentials)}`.execute(db);
  };
  return {
    waits,
    refuse: (refused) => inTransaction(db, (tx) => refuse(tx, refused, waits)),
    succeed: (connectionId, call) => succeed(db, connectionId, call),
    async unconfirmed(connectionId) {
      const neededAttempts = waits.confirmMs.length + 1;
      return (await readUnconfirmed(db, connectionId)).map((row) => ({
        ...row,
        system: systemOf(row.credential),
        neededAttempts,
      }));
    },
    async isRejected(connectionId) {
      const rows = db.selectFrom('refusals').select('operation').where('connection_id', '=', connectionId);
      const confirmed = rows.where('kind', '=', 'unauthorized').where('is_confirmed', '=', true);
      return (await confirmed.limit(1).executeTakeFirst()) !== undefined;
    },
    clear,
    async forget(connectionId, credentials) {
      await clear(connectionId, credentials);
      await sql`delete from working_credentials
        where connection_id = ${connectionId} and ${isOneOf(credentials)}`.execute(db);
    },
  };
}

function isOneOf(credentials: readonly CredentialName[] | undefined) {
  return credentials === undefined
    ? sql<boolean>`true`
    : sql<boolean>`credential = any(${sql.val([...credentials])}::text[])`;
}

interface KnownRow {
  readonly attempts: number;
  readonly leftMs: number;
  readonly worksElsewhere: boolean;
  readonly hasWorked: boolean;
}

/** The row is locked while it is decided, so that refusals in several workers at once count as one. */
async function refuse(db: Db, refused: RefusedCall, waits: RefusalWaits): Promise<Refusal> {
  const { connectionId, operation, kind, code, message } = refused;
  const credential = credentialOf(refused);
  await sql`insert into refusals (connection_id, credential, operation, kind, code, message, attempts, is_confirmed)
    select id, ${credential}, ${operation}, ${kind}, ${code}, ${message}, 0, false from connections where id = ${connectionId}
    on conflict do nothing`.execute(db);
  const { rows } = await sql<KnownRow>`select attempts, works_elsewhere as "worksElsewhere",
      (extract(epoch from next_at - clock_timestamp()) * 1000)::float8 as "leftMs",
      exists (select from working_credentials w where w.connection_id = r.connection_id
        and w.credential in (r.credential, case r.credential when 'zendesk-grant' then 'zendesk' end)) as "hasWorked"
    from refusals r where connection_id = ${connectionId} and credential = ${credential} and operation = ${operation}
    for update`.execute(db);
  const [known] = rows;
  if (known === undefined) return { isConfirmed: true, worksElsewhere: false };
  const { attempts, waitMs } = decideRefusal(known, waits);
  const isCounted = attempts !== known.attempts || waitMs === null;
  if (isCounted)
    await sql`update refusals set attempts = ${attempts}, is_confirmed = ${waitMs === null}, works_elsewhere = false,
        kind = ${kind}, code = ${code}, message = ${message},
        next_at = clock_timestamp() + make_interval(secs => ${(waitMs ?? 0) / 1_000})
      where connection_id = ${connectionId} and credential = ${credential} and operation = ${operation}`.execute(db);
  return waitMs === null
    ? { isConfirmed: true, worksElsewhere: known.worksElsewhere }
    : { isConfirmed: false, attempts, waitMs };
}

/** Most requests have no refusal to clear, and their credentials are known to work. Then nothing is written. */
async function succeed(db: Db, connectionId: string, call: CheckedCall): Promise<void> {
  if (!provesCredential(call)) return;
  const credential = credentialOf(call);
  await sql`with cleared as (delete from refusals
      where connection_id = ${connectionId} and credential = ${credential} and operation = ${call.operation}),
    others as (update refusals set works_elsewhere = true
      where connection_id = ${connectionId} and credential = ${credential} and operation <> ${call.operation}
        and not works_elsewhere)
    insert into working_credentials (connection_id, credential) select id, ${credential} from connections
    where id = ${connectionId} and not exists (select from working_credentials
      where connection_id = ${connectionId} and credential = ${credential})
    on conflict do nothing`.execute(db);
}

type UnconfirmedRow = Omit<UnconfirmedRefusal, 'neededAttempts' | 'system'>;

async function readUnconfirmed(db: Db, connectionId: string | undefined): Promise<UnconfirmedRow[]> {
  const isWanted = connectionId === undefined ? sql`true` : sql`connection_id = ${connectionId}`;
  const { rows } =
    await sql<UnconfirmedRow>`select connection_id as "connectionId", credential, operation, attempts, code,
      message, refused_at as "refusedAt", next_at as "nextAt",
      (extract(epoch from next_at - clock_timestamp()) * 1000)::float8 as "leftMs"
    from refusals where ${isWanted} and not is_confirmed order by refused_at, operation`.execute(db);
  return rows;
}

function systemOf(credential: CredentialName): RemoteSystem {
  return credential === 'zendesk-grant' ? 'zendesk' : credential;
}
