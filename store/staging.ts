import { sql } from 'kysely';
import type { Account, AccountKind } from '../domain/account.ts';
import { nameKey, plainName } from '../domain/organization-name.ts';
import type { Db } from './database.ts';

/** One legal entity and kind of one run: what a wave of work is about. `legalEntity` is lower case. */
export interface Slice {
  readonly runId: string;
  readonly legalEntity: string;
  readonly kind: AccountKind;
}

/** How far the reading of a slice has come. `nextLink` is F&O's own cursor, null before the first page. */
export interface ReadProgress {
  readonly nextLink: string | null;
  readonly pages: number;
  readonly complete: boolean;
}

/** What a run has read, page by page, kept until the run ends. */
export interface StagingStore {
  /** The database's time, taken before a request, by which readings are ordered. */
  now(): Promise<Date>;
  /** Where the reading of a slice stands; begins it when nobody has. */
  progress(slice: Slice): Promise<ReadProgress>;
  /** Stores a page and the cursor behind it in one transaction; the same page twice is the same as once. */
  addPage(slice: Slice, page: { accounts: readonly Account[]; nextLink: string | null; readAt: Date }): Promise<void>;
  /** Stages accounts that were read one by one: for a single resync, and for accounts that changed under our hands. */
  addAccounts(runId: string, accounts: readonly Account[], readAt: Date): Promise<void>;
  /** Rows staged of a slice, and the rows of the last accepted reading (undefined: never read). */
  counts(connectionId: string, slice: Slice): Promise<{ rows: number; lastAccepted: number | undefined }>;
  /** Takes a complete reading as the truth: later readings are compared with it, accounts missing from it are absent. */
  accept(connectionId: string, slice: Slice): Promise<void>;
  /** Those of these legal entities of which some kind was never read and accepted. */
  neverRead(connectionId: string, entities: readonly string[], kinds: readonly AccountKind[]): Promise<string[]>;
  /** Forgets the staged rows of a slice that could not be read, or was not believed. */
  discard(slice: Slice): Promise<void>;
}

/** Builds the staging store. */
export function createStagingStore(db: Db): StagingStore {
  return {
    now: () => databaseNow(db),
    progress: (slice) => progress(db, slice),
    addPage: (slice, page) =>
      db.transaction().execute(async (tx) => {
        await stage(tx, slice.runId, page);
        await sql`update staged_reads set next_link = ${page.nextLink}, pages = pages + 1, complete = ${page.nextLink === null}
          where ${sliceIs(slice)}`.execute(tx);
      }),
    addAccounts: (runId, accounts, readAt) => stage(db, runId, { accounts, readAt }),
    counts: (connectionId, slice) => counts(db, connectionId, slice),
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
      await sql`delete from staged_accounts where ${sliceIs(slice)}`.execute(db);
      await sql`delete from staged_reads where ${sliceIs(slice)}`.execute(db);
    },
  };
}

/** The rows of one slice, as a condition on any table that has run_id, legal_entity and kind. */
export function sliceIs(slice: Slice) {
  return sql<boolean>`run_id = ${slice.runId} and legal_entity = ${slice.legalEntity} and kind = ${slice.kind}`;
}

async function databaseNow(db: Db): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('The database did not tell its time.');
  return row.now;
}

async function progress(db: Db, slice: Slice): Promise<ReadProgress> {
  await db
    .insertInto('staged_reads')
    .values({ run_id: slice.runId, legal_entity: slice.legalEntity, kind: slice.kind, next_link: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db.selectFrom('staged_reads').selectAll().where(sliceIs(slice)).executeTakeFirstOrThrow();
  return { nextLink: row.next_link, pages: row.pages, complete: row.complete };
}

async function stage(db: Db, runId: string, page: { accounts: readonly Account[]; readAt: Date }): Promise<void> {
  const rows = page.accounts.map((account) => ({
    legal_entity: account.legalEntity,
    kind: account.kind,
    account_number: account.accountNumber,
    plain_name: plainName(account),
    plain_name_key: nameKey(plainName(account)),
    account,
  }));
  await sql`insert into staged_accounts
      (run_id, legal_entity, kind, account_number, plain_name, plain_name_key, account, read_at)
    select ${runId}, r.*, ${page.readAt} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(legal_entity text, kind text, account_number text, plain_name text, plain_name_key text, account jsonb)
    on conflict (run_id, legal_entity, kind, account_number) do update set
      account = excluded.account, plain_name = excluded.plain_name, plain_name_key = excluded.plain_name_key,
      read_at = excluded.read_at, prior_outcome = coalesce(staged_accounts.prior_outcome, staged_accounts.outcome),
      outcome = null, rejection = null, rank = null, adopt_id = null, operation = null, operation_state = null, refusal = null,
      job_no = null, zendesk_id = null, round = 0`.execute(db);
}

async function counts(
  db: Db,
  connectionId: string,
  slice: Slice,
): Promise<{ rows: number; lastAccepted: number | undefined }> {
  const staged = await db
    .selectFrom('staged_accounts')
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

async function accept(db: Db, connectionId: string, slice: Slice): Promise<void> {
  const { rows } = await counts(db, connectionId, slice);
  const row = { rows, accepted_at: sql<Date>`now()` };
  await db
    .insertInto('accepted_reads')
    .values({ connection_id: connectionId, legal_entity: slice.legalEntity, kind: slice.kind, ...row })
    .onConflict((conflict) => conflict.columns(['connection_id', 'legal_entity', 'kind']).doUpdateSet(row))
    .execute();
  await sql`update staged_reads set accepted = true where ${sliceIs(slice)}`.execute(db);
  await sql`update accounts a set present = false
    where a.connection_id = ${connectionId} and a.legal_entity = ${slice.legalEntity} and a.kind = ${slice.kind} and a.present
      and not exists (select from staged_accounts s where s.run_id = ${slice.runId} and s.legal_entity = a.legal_entity
        and s.kind = a.kind and s.account_number = a.account_number)`.execute(db);
}
