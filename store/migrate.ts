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
import type { Database } from './schema.ts';

const OURS = Object.freeze<Record<string, Migration>>({
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
});

/**
 * Brings the database to the newest schema. Kysely holds PostgreSQL's advisory lock meanwhile, so any number of processes may
 * start at once. Migrations of a newer version are left as they are. `last` names the migration to end with; a database that
 * has later ones keeps them. Throws what the failing migration threw; nothing of that migration stays.
 */
export async function migrate(db: Kysely<Database>, last?: string): Promise<void> {
  const done = await namesDone(db);
  const newer = done.filter((name) => !(name in OURS));
  const migrations = { ...OURS, ...Object.fromEntries(newer.map((name) => [name, DONE])) };
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  if (last !== undefined && done.some((name) => name >= last)) return;
  const { error } = await (last === undefined ? migrator.migrateToLatest() : migrator.migrateTo(last));
  if (error !== undefined) throw error instanceof Error ? error : new Error('The database could not be migrated.');
}

/** Returns the names of all migrations, in their order. */
export function knownMigrations(): string[] {
  return Object.keys(OURS).sort();
}

/** Stands for a migration that only a newer version knows, and has already run. */
const DONE: Migration = { up: () => Promise.resolve() };

async function namesDone(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ there: boolean }>`select to_regclass('kysely_migration') is not null as there`.execute(
    db,
  );
  if (rows[0]?.there !== true) return [];
  return (await sql<{ name: string }>`select name from kysely_migration`.execute(db)).rows.map(({ name }) => name);
}
