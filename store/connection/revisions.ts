import { sql } from 'kysely';
import type { ConnectionSettings } from '../../domain/connection/connection.ts';
import { reviewedDifferences, withReviewed, type Configured } from '../../domain/connection/reviewed-settings.ts';
import { inTransaction, type Db } from '../database.ts';

/** Settings of a connection under the number of their revision. */
export interface Revision extends Configured<ConnectionSettings> {
  readonly no: number;
}

/** A revision that waits for approval. `differs` are the paths of the settings that it would change. */
export interface PendingRevision extends Revision {
  readonly differs: readonly string[];
  readonly since: string;
  readonly by: string;
}

/** The revisions of the settings of connections. Each has one active revision, and at most one that is pending. */
export interface RevisionStore {
  /** Returns the revision that waits for approval; undefined if there is none. */
  pending(connectionId: string): Promise<PendingRevision | undefined>;
  /**
   * Makes the pending revision with this number the active one, and keeps the settings until now as a former revision.
   * Settings that need no approval stay as they are. Returns false if no revision with this number is pending.
   */
  activate(connectionId: string, no: number): Promise<boolean>;
  /** Returns the settings with which a preview plans: those of the pending revision, or else the active ones. */
  proposed(connectionId: string): Promise<Revision | undefined>;
}

/** Creates the store of revisions. */
export function createRevisionStore(db: Db): RevisionStore {
  return {
    pending: (connectionId) => findPending(db, connectionId),
    activate: (connectionId, no) => inTransaction(db, (tx) => activateRevision(tx, connectionId, no)),
    async proposed(connectionId) {
      return (await findPending(db, connectionId)) ?? findActive(db, connectionId);
    },
  };
}

/** Makes a pending revision the active one. */
async function activateRevision(db: Db, connectionId: string, no: number): Promise<boolean> {
  const active = await findActive(db, connectionId, { lock: true });
  const pending = await findPending(db, connectionId);
  if (active === undefined || pending?.no !== no) return false;
  await keep(db, connectionId, { ...active, state: 'former', by: pending.by });
  await sql`delete from settings_revisions where connection_id = ${connectionId} and no = ${no}`.execute(db);
  const { settings, externalIdTemplate } = pending;
  await sql`update connections set settings = ${JSON.stringify(settings)}::jsonb, revision = ${no},
    external_id_template = ${externalIdTemplate}, updated_at = now() where id = ${connectionId}`.execute(db);
  await supersedePlans(db, connectionId);
  return true;
}

/** A change of a connection: the settings that act now, and those that wait for approval, if any do. */
export interface RevisionChange {
  readonly now: Configured<ConnectionSettings>;
  readonly proposed: Configured<ConnectionSettings> | undefined;
  readonly by: string;
}

/**
 * Records a change of settings as revisions, before the connection itself is stored. Returns the number of the active
 * revision, which counts up when reviewed settings change. Proposed settings replace those that waited until now. No
 * number is used twice, because plans are made for a number.
 */
export async function recordRevisions(
  db: Db,
  connectionId: string,
  { now, proposed, by }: RevisionChange,
): Promise<number> {
  const active = await findActive(db, connectionId, { lock: true });
  if (active === undefined) return 1;
  const isChanged = reviewedDifferences(active, now).length > 0;
  const no = isChanged ? await nextNo(db, connectionId) : active.no;
  if (isChanged) await keep(db, connectionId, { ...active, state: 'former', by });
  const before = await findPending(db, connectionId);
  const isKept =
    !isChanged && before !== undefined && proposed !== undefined && reviewedDifferences(before, proposed).length === 0;
  if (isKept) return no;
  await sql`update settings_revisions set state = 'withdrawn' where connection_id = ${connectionId} and state = 'pending'`.execute(
    db,
  );
  if (proposed === undefined) return no;
  const next = Math.max(no + 1, await nextNo(db, connectionId));
  await keep(db, connectionId, { ...proposed, no: next, state: 'pending', by });
  return no;
}

/** Closes the open plans that were made under settings that are neither active nor proposed any more. */
async function supersedePlans(db: Db, connectionId: string): Promise<void> {
  await sql`update plans p set status = 'superseded' from connections c where c.id = ${connectionId}
    and p.connection_id = c.id and p.status = 'open' and p.revision <> c.revision
    and p.revision not in (select no from settings_revisions r where r.connection_id = c.id and r.state = 'pending')`.execute(
    db,
  );
}

async function findActive(
  db: Db,
  connectionId: string,
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<Revision | undefined> {
  const { rows } = await sql<Revision>`select revision as no, settings, external_id_template as "externalIdTemplate"
    from connections where id = ${connectionId} ${lock ? sql`for update` : sql``}`.execute(db);
  return rows[0];
}

/** Settings that need no approval may have changed since a revision was proposed, so they are the active ones. */
async function findPending(db: Db, connectionId: string): Promise<PendingRevision | undefined> {
  const { rows } = await sql<Revision & { at: Date; by: string }>`select no, settings,
      external_id_template as "externalIdTemplate", created_at as at, created_by as by
    from settings_revisions where connection_id = ${connectionId} and state = 'pending'`.execute(db);
  const [row] = rows;
  const active = row && (await findActive(db, connectionId));
  if (row === undefined || active === undefined) return undefined;
  const { no, at, by, ...wanted } = row;
  const configured = withReviewed<ConnectionSettings>(active, wanted);
  return { ...configured, no, differs: reviewedDifferences(active, configured), since: at.toISOString(), by };
}

async function nextNo(db: Db, connectionId: string): Promise<number> {
  const { rows } = await sql<{ no: number }>`select 1 + greatest(c.revision,
      (select max(r.no) from settings_revisions r where r.connection_id = c.id)) as no
    from connections c where c.id = ${connectionId}`.execute(db);
  return rows[0]?.no ?? 1;
}

async function keep(
  db: Db,
  connectionId: string,
  { no, settings, externalIdTemplate, state, by }: Revision & { state: 'pending' | 'former'; by: string },
): Promise<void> {
  await db
    .insertInto('settings_revisions')
    .values({
      connection_id: connectionId,
      no,
      settings: JSON.stringify(settings),
      external_id_template: externalIdTemplate,
      state,
      created_by: by,
    })
    .execute();
}
