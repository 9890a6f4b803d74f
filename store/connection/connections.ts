import { randomBytes } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { ConnectionSettings, ConnectionState } from '../../domain/connection/connection.ts';
import type { Db } from '../database.ts';
import type { Database } from '../schema.ts';
import { noteTrouble } from '../operations/health.ts';

/** A connection as it is stored, without its secrets. Hooks are the random ids of its two ingress URLs. */
export interface Connection {
  readonly id: string;
  readonly name: string;
  readonly settings: ConnectionSettings;
  readonly externalIdTemplate: string;
  readonly state: ConnectionState;
  readonly stateReason: string | null;
  readonly hooks: { readonly zendesk: string; readonly dynamics: string };
  readonly prepared: boolean;
  readonly reached: { readonly entra: boolean; readonly dynamics: boolean; readonly zendesk: boolean };
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A connection cannot be worked with until a person has done something; the message says what. */
export class ConnectionProblem extends Error {
  override readonly name = 'ConnectionProblem';
  readonly code: 'connection_missing' | 'needs_authorization';
  constructor(code: ConnectionProblem['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** What applying a connection file stores, besides its secrets. */
export interface ConnectionToStore {
  readonly id: string;
  readonly name: string;
  readonly settings: ConnectionSettings;
  readonly externalIdTemplate: string;
  readonly state: ConnectionState;
}

/** The connections. Ids are the operator's; `get` answers undefined for an unknown one. */
export interface ConnectionStore {
  save(connection: ConnectionToStore): Promise<void>;
  get(id: string): Promise<Connection | undefined>;
  /** The connection; throws ConnectionProblem when there is none of this id. */
  require(id: string): Promise<Connection>;
  /** The connection that has this random hook at one of its two doors. */
  byHook(door: 'zendesk' | 'dynamics', hookId: string): Promise<Connection | undefined>;
  list(): Promise<Connection[]>;
  /** Erases the connection and all that is kept of it; false when there was none. */
  remove(id: string): Promise<boolean>;
  /** Changes how often a connection is synchronised by its schedule. */
  setSyncInterval(id: string, everyMs: number): Promise<void>;
  /** Changes the state; where credentials begin to be rejected, or work again, that leaves an alert. */
  setState(id: string, state: ConnectionState, reason: string | null): Promise<void>;
  /** Notes that Zendesk has the organization fields, and the user fields where contacts are synchronised. */
  markPrepared(id: string): Promise<void>;
  /** Notes that a far system has answered once: from then on, silence is an outage and no longer a wrong host. */
  markReached(id: string, system: 'entra' | 'dynamics' | 'zendesk'): Promise<void>;
  /** Whether any account of the connection has an organization. */
  hasLinks(id: string): Promise<boolean>;
}

const SYNCS_CONTACTS = sql<boolean>`(settings #>> '{sync,contacts}')::boolean`;

const newHook = () => randomBytes(32).toString('base64url');

/** Builds the store of connections. */
export function createConnectionStore(db: Db): ConnectionStore {
  return {
    save: (connection) => save(db, connection),
    get: (id) => get(db, id),
    async require(id) {
      const found = await get(db, id);
      if (found) return found;
      throw new ConnectionProblem(
        'connection_missing',
        `There is no connection "${id}": apply its file first (ledgerdesk connection apply FILE).`,
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
    async byHook(door, hookId) {
      // PostgreSQL takes no text with a NUL, and no hook has one.
      if (hookId.includes('\u0000')) return undefined;
      const row = await db.selectFrom('connections').selectAll().where(`${door}_hook`, '=', hookId).executeTakeFirst();
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
        const finding = { connectionId: id, subject: 'credentials' as const };
        const problem = { code: 'needs_reconnect', message: reason ?? '' };
        if (state === 'needs_reconnect') await noteTrouble(tx, { ...finding, problem });
        if (state === 'active') await noteTrouble(tx, { ...finding, problem: null });
      });
    },
    async markPrepared(id) {
      await db
        .updateTable('connections')
        .set({
          prepared_at: sql`now()`,
          users_prepared_at: sql`case when ${SYNCS_CONTACTS} then now() else users_prepared_at end`,
        })
        .where('id', '=', id)
        .execute();
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
  await db
    .insertInto('connections')
    .values({ id: connection.id, ...row, zendesk_hook: newHook(), dynamics_hook: newHook() })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        ...row,
        prepared_at: unlessMoved('prepared_at', 'zendesk,baseUrl'),
        users_prepared_at: unlessMoved('users_prepared_at', 'zendesk,baseUrl'),
        zendesk_reached_at: unlessMoved('zendesk_reached_at', 'zendesk,baseUrl'),
        dynamics_reached_at: unlessMoved('dynamics_reached_at', 'dynamics,environmentUrl'),
        entra_reached_at: unlessMoved('entra_reached_at', 'dynamics,authorityHost'),
      }),
    )
    .execute();
}

/** What is known of a system counts no longer once its address, a path into the settings, has changed. */
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
    state: row.state,
    stateReason: row.state_reason,
    hooks: { zendesk: row.zendesk_hook, dynamics: row.dynamics_hook },
    prepared: row.prepared_at !== null && (!row.settings.sync.contacts || row.users_prepared_at !== null),
    reached: {
      entra: row.entra_reached_at !== null,
      dynamics: row.dynamics_reached_at !== null,
      zendesk: row.zendesk_reached_at !== null,
    },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
