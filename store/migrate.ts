import { Migrator, sql, type Kysely, type Migration } from 'kysely';
import * as accounts from './migrations/001-accounts.ts';
import * as support from './migrations/002-support.ts';
import * as access from './migrations/003-access.ts';
import * as oauth from './migrations/004-oauth.ts';
import * as dataKeys from './migrations/005-data-keys.ts';
import * as keeping from './migrations/006-keeping.ts';
import * as figures from './migrations/007-figures.ts';
import * as annotationWakes from './migrations/008-annotation-wakes.ts';
import * as erpDue from './migrations/009-erp-due.ts';
import * as entitiesAsData from './migrations/010-entities-as-data.ts';
import * as goneRecords from './migrations/012-gone-records.ts';
import * as refusals from './migrations/013-refusals.ts';
import * as schemas from './migrations/014-schemas.ts';
import * as identities from './migrations/015-identities.ts';
import * as reusedAndProofs from './migrations/016-reused-and-proofs.ts';
import * as namesAndJobs from './migrations/017-names-and-jobs.ts';
import * as readings from './migrations/018-readings.ts';
import * as review from './migrations/020-review.ts';
import type { Database } from './schema.ts';

const MIGRATIONS = Object.freeze<Record<string, Migration>>({
  '001-accounts': accounts,
  '002-support': support,
  '003-access': access,
  '004-oauth': oauth,
  '005-data-keys': dataKeys,
  '006-keeping': keeping,
  '007-figures': figures,
  '008-annotation-wakes': annotationWakes,
  '009-erp-due': erpDue,
  '010-entities-as-data': entitiesAsData,
  '012-gone-records': goneRecords,
  '013-refusals': refusals,
  '014-schemas': schemas,
  '015-identities': identities,
  '016-reused-and-proofs': reusedAndProofs,
  '017-names-and-jobs': namesAndJobs,
  '018-readings': readings,
  '020-review': review,
});

/**
 * Migrates the database to the newest schema, or to the migration named `last`. Kysely holds an advisory lock of
 * PostgreSQL meanwhile, so several processes may start at once. Migrations are never reverted: a database with later
 * ones, or with those of a newer version, keeps them. Throws the error of the failing migration, whose changes are
 * rolled back.
 */
export async function migrate(db: Kysely<Database>, last?: string): Promise<void> {
  const done = await namesDone(db);
  const newer = done.filter((name) => !(name in MIGRATIONS));
  const migrations = { ...MIGRATIONS, ...Object.fromEntries(newer.map((name) => [name, DONE])) };
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  if (last !== undefined && done.some((name) => name >= last)) return;
  const { error } = await (last === undefined ? migrator.migrateToLatest() : migrator.migrateTo(last));
  if (error !== undefined) throw error instanceof Error ? error : new Error('The database migration failed.');
}

/** Returns the names of all migrations in their order. */
export function knownMigrations(): string[] {
  return Object.keys(MIGRATIONS).sort();
}

/** A placeholder for a migration that a newer version has already run. */
const DONE: Migration = { up: () => Promise.resolve() };

async function namesDone(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ there: boolean }>`select to_regclass('kysely_migration') is not null as there`.execute(
    db,
  );
  if (rows[0]?.there !== true) return [];
  return (await sql<{ name: string }>`select name from kysely_migration`.execute(db)).rows.map(({ name }) => name);
}
