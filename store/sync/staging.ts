import { sql } from 'kysely';
import type { TargetName } from '../../domain/entity-spec.ts';
import { nameKey, plainName } from '../../domain/sync/record-name.ts';
import type { ErpRecord } from '../../domain/sync/record.ts';
import { servedTwice, type ReadingFacts } from '../../domain/sync/reading/contradiction.ts';
import type { Db } from '../database.ts';
import { contentDigest, emailDigest } from '../digests.ts';
import { markAbsent } from './presence.ts';

/** One legal entity and kind of one run. `legalEntity` is lower case; `target` is what the kind becomes in Zendesk. */
export interface Slice {
  readonly runId: string;
  readonly legalEntity: string;
  readonly kind: string;
  readonly target: TargetName;
}

/** The key of a slice. */
export type SliceKey = Omit<Slice, 'target'>;

/**
 * The progress of reading a slice. `nextLink` is the cursor of F&O, null before the first page and after the last one.
 * `followed` are the digests of the positions of the pages that were read.
 */
export interface ReadProgress {
  readonly nextLink: string | null;
  readonly pages: number;
  readonly complete: boolean;
  readonly followed: readonly string[];
}

/**
 * A page to stage. `rows` counts all of its rows, `counted` those that F&O counts in the whole list. `position` is where
 * this page and the next one are in the list. `pages` is the number of pages before it (`ReadProgress`).
 */
export interface PageToStage {
  readonly records: readonly ErpRecord[];
  readonly rows: number;
  readonly counted: number | null;
  readonly nextLink: string | null;
  readonly position: { readonly own: string; readonly next: string | null };
  readonly readAt: Date;
  readonly pages: number;
}

/**
 * A staged page: the number of its records that no page before it contained, and the digests of its own position and
 * of the next one.
 */
export interface StagedPage {
  readonly fresh: number;
  readonly own: string;
  readonly next: string | null;
}

/** The records that a run has read, page by page. They are kept until the run ends. */
export interface StagingStore {
  /** Returns the time of the database. Readings are ordered by this time, taken before the request. */
  now(): Promise<Date>;
  /** Returns the progress of reading a slice, and begins the reading if necessary. */
  progress(slice: SliceKey): Promise<ReadProgress>;
  /**
   * Stores a page and the cursor of the next one in one transaction. Returns undefined, and stores nothing, if another
   * attempt of the step has stored a page meanwhile.
   */
  addPage(slice: Slice, page: PageToStage): Promise<StagedPage | undefined>;
  /** Returns what the pages of a reading contain together. */
  facts(slice: SliceKey): Promise<ReadingFacts>;
  /** Records a further number that F&O has counted. */
  addCount(slice: SliceKey, counted: number): Promise<void>;
  /**
   * Begins a reading once more, from its first page. Records that were read stay, because they exist. Returns false, and
   * does nothing, if the reading has already begun once more.
   */
  repeat(slice: SliceKey): Promise<boolean>;
  /** Stages records that were read one by one, for a resync, and because they changed while they were written. */
  addRecords(scope: Pick<Slice, 'runId' | 'target'>, records: readonly ErpRecord[], readAt: Date): Promise<void>;
  /**
   * Returns the numbers of staged rows and of rows in the last accepted reading, which is undefined if there is none.
   */
  counts(connectionId: string, slice: SliceKey): Promise<{ rows: number; lastAccepted: number | undefined }>;
  /**
   * Accepts a complete reading. Later readings are compared with it, and records that it lacks are marked as absent.
   */
  accept(connectionId: string, slice: SliceKey): Promise<void>;
  /** Returns the legal entities and kinds that a run has read completely, in their order. */
  slices(runId: string): Promise<SliceKey[]>;
  /** Returns which of these legal entities have a kind for which no reading was ever accepted. */
  neverRead(connectionId: string, entities: readonly string[], kinds: readonly string[]): Promise<string[]>;
  /** Deletes the staged rows of a slice that could not be read completely, or whose reading was not accepted. */
  discard(slice: SliceKey): Promise<void>;
}

/** Creates the staging store. */
export function createStagingStore(db: Db): StagingStore {
  return {
    now: () => databaseNow(db),
    progress: (slice) => progress(db, slice),
    addPage: (slice, page) => db.transaction().execute((tx) => addPage(tx, slice, page)),
    facts: (slice) => factsOf(db, slice),
    async addCount(slice, counted) {
      await sql`update staged_reads set counted = least(counted, ${counted}) where ${sliceIs(slice)}`.execute(db);
    },
    async repeat(slice) {
      const { rows } = await sql`update staged_reads set is_repeat = true, next_link = null, complete = false,
          followed = '{}', served_twice = 0, began_at = clock_timestamp()
        where ${sliceIs(slice)} and not is_repeat returning kind`.execute(db);
      return rows.length > 0;
    },
    addRecords: (scope, records, readAt) => stage(db, scope, { records, readAt }),
    counts: (connectionId, slice) => counts(db, connectionId, slice),
    async slices(runId) {
      const { rows } =
        await sql<SliceKey>`select run_id as "runId", legal_entity as "legalEntity", kind from staged_reads
        where run_id = ${runId} and complete order by legal_entity collate "C", kind collate "C"`.execute(db);
      return rows;
    },
    accept: (connectionId, slice) => db.transaction().execute((tx) => accept(tx, connectionId, slice)),
    async neverRead(connectionId, entities, kinds) {
      const { rows } = await sql<{
        entity: string;
      }>`select e.entity from unnest(${sql.val([...entities])}::text[]) e(entity)
        where (select count(*) from accepted_reads r where r.connection_id = ${connectionId} and r.legal_entity = e.entity
          and r.kind = any(${sql.val([...kinds])}::text[])) < ${kinds.length}`.execute(db);
      return rows.map(({ entity }) => entity);
    },
    async discard(slice) {
      await sql`delete from staged_records where ${sliceIs(slice)}`.execute(db);
      await sql`delete from staged_reads where ${sliceIs(slice)}`.execute(db);
    },
  };
}

/** Returns the condition for the rows of one slice in any table with run_id, legal_entity and kind. */
export function sliceIs(slice: SliceKey) {
  return sql<boolean>`run_id = ${slice.runId} and legal_entity = ${slice.legalEntity} and kind = ${slice.kind}`;
}

async function databaseNow(db: Db): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('The database returned no time.');
  return row.now;
}

async function progress(db: Db, slice: SliceKey): Promise<ReadProgress> {
  await db
    .insertInto('staged_reads')
    .values({ run_id: slice.runId, legal_entity: slice.legalEntity, kind: slice.kind, next_link: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db.selectFrom('staged_reads').selectAll().where(sliceIs(slice)).executeTakeFirstOrThrow();
  return { nextLink: row.next_link, pages: row.pages, complete: row.complete, followed: row.followed };
}

async function addPage(db: Db, slice: Slice, page: PageToStage): Promise<StagedPage | undefined> {
  const { records, rows, nextLink, counted, position } = page;
  const own = contentDigest(position.own);
  const next = position.next === null ? null : contentDigest(position.next);
  const fresh = await countFresh(db, slice, records);
  const twice = servedTwice({ rows, distinct: records.length, fresh });
  const { rows: updated } = await sql`update staged_reads set next_link = ${nextLink}, pages = pages + 1,
      complete = ${nextLink === null}, followed = array_append(followed, ${own}),
      counted = least(counted, ${counted}::integer), served_twice = served_twice + ${twice}
    where ${sliceIs(slice)} and pages = ${page.pages} returning kind`.execute(db);
  if (updated.length === 0) return undefined;
  await stage(db, slice, page);
  return { fresh, own, next };
}

/** Counts the records that this reading has not contained so far. Those of a reading that is repeated do not count. */
async function countFresh(db: Db, slice: SliceKey, records: readonly ErpRecord[]): Promise<number> {
  const keys = sql.val(records.map(({ key }) => key));
  const { rows } = await sql<{ fresh: number }>`select count(*) as fresh from unnest(${keys}::text[]) as k (key)
    where not exists (select from staged_records s join staged_reads r using (run_id, legal_entity, kind)
      where s.run_id = ${slice.runId} and s.legal_entity = ${slice.legalEntity} and s.kind = ${slice.kind}
        and s.key = k.key and s.read_at >= r.began_at)`.execute(db);
  return rows[0]?.fresh ?? 0;
}

async function factsOf(db: Db, slice: SliceKey): Promise<ReadingFacts> {
  const { rows } = await sql<ReadingFacts>`select r.counted, r.served_twice as "servedTwice",
      (select count(*) from staged_records where ${sliceIs(slice)}) as distinct
    from staged_reads r where ${sliceIs(slice)}`.execute(db);
  return rows[0] ?? { distinct: 0, servedTwice: 0, counted: null };
}

async function stage(
  db: Db,
  { runId, target }: Pick<Slice, 'runId' | 'target'>,
  page: { records: readonly ErpRecord[]; readAt: Date },
): Promise<void> {
  const rows = page.records.map((record) => ({
    legal_entity: record.legalEntity,
    kind: record.kind,
    key: record.key,
    plain_name: plainName(record),
    plain_name_key: nameKey(plainName(record)),
    email_digest: record.email === null ? null : emailDigest(record.email),
    record,
  }));
  await sql`insert into staged_records
      (run_id, target, legal_entity, kind, key, plain_name, plain_name_key, email_digest, record, read_at)
    select ${runId}, ${target}, r.*, ${page.readAt} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(legal_entity text, kind text, key text, plain_name text, plain_name_key text, email_digest text,
        record jsonb)
    on conflict (run_id, legal_entity, kind, key) do update set
      record = excluded.record, plain_name = excluded.plain_name, plain_name_key = excluded.plain_name_key,
      email_digest = excluded.email_digest, reservation = null, read_at = excluded.read_at,
      prior_outcome = coalesce(staged_records.prior_outcome, staged_records.outcome),
      outcome = null, rejection = null, rank = null, adopt_id = null, operation = null, operation_state = null, refusal = null,
      job_no = null, zendesk_id = null, round = 0, splits = 0`.execute(db);
}

async function counts(
  db: Db,
  connectionId: string,
  slice: SliceKey,
): Promise<{ rows: number; lastAccepted: number | undefined }> {
  const staged = await db
    .selectFrom('staged_records')
    .select((eb) => eb.fn.countAll<number>().as('rows'))
    .where(sliceIs(slice))
    .executeTakeFirstOrThrow();
  const last = await db
    .selectFrom('accepted_reads')
    .select('rows')
    .where('connection_id', '=', connectionId)
    .where('legal_entity', '=', slice.legalEntity)
    .where('kind', '=', slice.kind)
    .executeTakeFirst();
  return { rows: staged.rows, lastAccepted: last?.rows };
}

async function accept(db: Db, connectionId: string, slice: SliceKey): Promise<void> {
  const { rows } = await counts(db, connectionId, slice);
  const row = { rows, accepted_at: sql<Date>`now()` };
  await db
    .insertInto('accepted_reads')
    .values({ connection_id: connectionId, legal_entity: slice.legalEntity, kind: slice.kind, ...row })
    .onConflict((conflict) => conflict.columns(['connection_id', 'legal_entity', 'kind']).doUpdateSet(row))
    .execute();
  const read = await db.selectFrom('staged_reads').select('accepted').where(sliceIs(slice)).executeTakeFirst();
  // The step may be repeated, but a reading counts once.
  if (read?.accepted === true) return;
  await db.updateTable('staged_reads').set({ accepted: true }).where(sliceIs(slice)).execute();
  await markAbsent(db, connectionId, slice);
}
