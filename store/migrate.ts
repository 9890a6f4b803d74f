import { Migrator, type Kysely, type MigrationProvider } from 'kysely';
import * as accounts from './migrations/001-accounts.ts';
import * as support from './migrations/002-support.ts';
import * as access from './migrations/003-access.ts';
import * as oauth from './migrations/004-oauth.ts';
import * as dataKeys from './migrations/005-data-keys.ts';
import * as keeping from './migrations/006-keeping.ts';
import * as figures from './migrations/007-figures.ts';
import type { Database } from './schema.ts';

const provider: MigrationProvider = {
  getMigrations: () =>
    Promise.resolve({
      '001-accounts': accounts,
      '002-support': support,
      '003-access': access,
      '004-oauth': oauth,
      '005-data-keys': dataKeys,
      '006-keeping': keeping,
      '007-figures': figures,
    }),
};

/**
 * Brings the database to the newest schema. Kysely holds PostgreSQL's advisory lock meanwhile, so any number of
 * processes may start at once. Throws what the failing migration threw; nothing of that migration stays. `last` names the
 * migration to end with; a database that has later ones keeps them.
 */
export async function migrate(db: Kysely<Database>, last?: string): Promise<void> {
  const migrator = new Migrator({ db, provider });
  const { error } = await (last === undefined ? migrator.migrateToLatest() : migrateUpTo(migrator, last));
  if (error !== undefined) throw error instanceof Error ? error : new Error('The database could not be migrated.');
}

/** Names of all migrations, in their order. */
export async function knownMigrations(): Promise<string[]> {
  return Object.keys(await provider.getMigrations()).sort();
}

async function migrateUpTo(migrator: Migrator, last: string): ReturnType<Migrator['migrateTo']> {
  const done = (await migrator.getMigrations()).filter(({ executedAt }) => executedAt !== undefined);
  return done.some(({ name }) => name >= last) ? {} : migrator.migrateTo(last);
}
