import { randomBytes } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { ConnectionSettings, ConnectionState } from '../../domain/connection/connection.ts';
import { inTransaction, type Db } from '../database.ts';
import type { Database } from '../schema.ts';
import { recordHealth } from '../operations/health.ts';

/** A stored connection without its secrets. `hooks` are the random ids in its two ingress URLs. */
export interface Connection {
  readonly id: string;
  readonly name: string;
  readonly settings: ConnectionSettings;
  readonly externalIdTemplate: string;
  /** The number of the active settings. A change that needed an approval has increased it. */
  readonly revision: number;
  readonly state: ConnectionState;
  readonly stateReason: string | null;
  readonly hooks: { readonly zendesk: string; readonly dynamics: string };
  readonly reached: { readonly entra: boolean; readonly dynamics: boolean; readonly zendesk: boolean };
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The connection cannot be used until a person acts. The message says what to do. */
export class ConnectionStateError extends Error {
  override readonly name = 'ConnectionStateError';
  readonly code: 'connection_missing' | 'needs_authorization';
  constructor(code: ConnectionStateError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** The part of a connection file that is stored in clear. */
export interface ConnectionToStore {
  readonly id: string;
  readonly name: string;
  readonly settings: ConnectionSettings;
  readonly externalIdTemplate: string;
  readonly state: ConnectionState;
}

/** The connections. Operators choose their ids. */
export interface ConnectionStore {
  /** Creates or replaces a connection. An existing one keeps its hooks. */
  save(connection: ConnectionToStore): Promise<void>;
  /** Returns the connection, or undefined for an unknown id. */
  get(id: string): Promise<Connection | undefined>;
  /** Returns the connection. Throws a ConnectionStateError for an unknown id. */
  require(id: string): Promise<Connection>;
  /** Returns the connection whose ingress URL for this system contains this hook. */
  byHook(system: 'zendesk' | 'dynamics', hookId: string): Promise<Connection | undefined>;
  /** Returns all connections, the newest first. */
  list(): Promise<Connection[]>;
  /** Deletes the connection and everything that belongs to it. Returns false for an unknown id. */
  remove(id: string): Promise<boolean>;
  /** Changes the interval at which the schedule starts syncs. */
  setSyncInterval(id: string, everyMs: number): Promise<void>;
  /** Changes the state. An alert is stored when credentials start to be rejected, and when they work again. */
  setState(id: string, state: ConnectionState, reason: string | null): Promise<void>;
  /**
   * Records that a remote system has answered. From then on, no answer means an outage and no longer a wrong address.
   */
  markReached(id: string, system: 'entra' | 'dynamics' | 'zendesk'): Promise<void>;
  /** Returns whether any account of the connection has an organization. */
  hasLinks(id: string): Promise<boolean>;
}

const newHook = () => randomBytes(32).toString('base64url');

/** Creates the store of connections. */
export function createConnectionStore(db: Db): ConnectionStore {
  return {
    save: (connection) => inTransaction(db, (tx) => save(tx, connection)),
    get: (id) => get(db, id),
    async require(id) {
      const found = await get(db, id);
      if (found) return found;
      throw new ConnectionStateError(
        'connection_missing',
        `There is no connection "${id}". To create it, run: ledgerdesk connection apply FILE`,
      );
    },
    async list() {
      const rows = await db.selectFrom('connections').selectAll().orderBy('created_at', 'desc').orderBy('id').execute();
      return rows.map(fromRow);
    },
    async remove(id) {
      const { numDeletedRows } = await db.deleteFrom('connections').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async byHook(system, hookId) {
      // PostgreSQL rejects text that contains NUL, and no hook contains one.
      if (hookId.includes('\u0000')) return undefined;
      const row = await db
        .selectFrom('connections')
        .selectAll()
        .where(`${system}_hook`, '=', hookId)
        .executeTakeFirst();
      return row && fromRow(row);
    },
    async setSyncInterval(id, everyMs) {
      await sql`update connections set settings = jsonb_set(settings, '{sync,everyMs}', to_jsonb(${everyMs}::bigint)), updated_at = now()
        where id = ${id}`.execute(db);
    },
    async setState(id, state, reason) {
      const change = { state, state_reason: reason, updated_at: new Date() };
      await db.transaction().execute(async (tx) => {
        await tx.updateTable('connections').set(change).where('id', '=', id).execute();
        const report = { connectionId: id, subject: 'credentials' as const };
        const problem = { code: 'needs_reconnect', message: reason ?? '' };
        if (state === 'needs_reconnect') await recordHealth(tx, { ...report, problem });
        if (state === 'active') await recordHealth(tx, { ...report, problem: null });
      });
    },
    async markReached(id, system) {
      const column = sql.ref(`${system}_reached_at`);
      await sql`update connections set ${column} = now() where id = ${id} and ${column} is null`.execute(db);
    },
    async hasLinks(id) {
      const query = db.selectFrom('records').select('key').where('connection_id', '=', id);
      return (await query.where('zendesk_id', 'is not', null).limit(1).executeTakeFirst()) !== undefined;
    },
  };
}

async function get(db: Db, id: string): Promise<Connection | undefined> {
  const row = await db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst();
  return row && fromRow(row);
}

async function save(db: Db, connection: ConnectionToStore): Promise<void> {
  const row = {
    name: connection.name,
    settings: JSON.stringify(connection.settings),
    external_id_template: connection.externalIdTemplate,
    state: connection.state,
    state_reason: null,
    updated_at: new Date(),
  };
  await forgetFieldsIfMoved(db, connection);
  await db
    .insertInto('connections')
    .values({ id: connection.id, ...row, zendesk_hook: newHook(), dynamics_hook: newHook() })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        ...row,
        zendesk_reached_at: unlessMoved('zendesk_reached_at', 'zendesk,baseUrl'),
        dynamics_reached_at: unlessMoved('dynamics_reached_at', 'dynamics,environmentUrl'),
        entra_reached_at: unlessMoved('entra_reached_at', 'dynamics,authorityHost'),
      }),
    )
    .execute();
}

/** Another Zendesk account has custom fields of its own, which must be checked before anything is written. */
async function forgetFieldsIfMoved(db: Db, { id, settings }: ConnectionToStore): Promise<void> {
  await sql`delete from field_checks f using connections c where f.connection_id = ${id} and c.id = ${id}
    and c.settings #>> '{zendesk,baseUrl}' <> ${settings.zendesk.baseUrl}`.execute(db);
}

/** Keeps the value of a column unless the address of its system has changed. `address` is a path into the settings. */
function unlessMoved(column: string, address: string) {
  const path = sql.lit(`{${address}}`);
  return sql<Date | null>`case when connections.settings #>> ${path} = excluded.settings #>> ${path}
    then ${sql.ref(`connections.${column}`)} end`;
}

function fromRow(row: Selectable<Database['connections']>): Connection {
  return {
    id: row.id,
    name: row.name,
    settings: row.settings,
    externalIdTemplate: row.external_id_template,
    revision: row.revision,
    state: row.state,
    stateReason: row.state_reason,
    hooks: { zendesk: row.zendesk_hook, dynamics: row.dynamics_hook },
    reached: {
      entra: row.entra_reached_at !== null,
      dynamics: row.dynamics_reached_at !== null,
      zendesk: row.zendesk_reached_at !== null,
    },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
