import type pg from 'pg';

/** A table of Ledgerdesk, with its columns in their order. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Tables of Kysely. The header of a backup lists the migrations instead. */
const MIGRATIONS = ['kysely_migration', 'kysely_migration_lock'];

/** Returns all tables with data. A table follows those that it refers to. */
export async function readTables(client: pg.ClientBase): Promise<Table[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; refers: string[] }>(
    `select c.relname as name,
        array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          and a.attgenerated = '' order by a.attnum) as columns,
        array(select distinct f.confrelid::regclass::text from pg_constraint f where f.conrelid = c.oid
          and f.contype = 'f' and f.confrelid <> c.oid) as refers
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind = 'r' and c.relname <> all($1) order by c.relname`,
    [MIGRATIONS],
  );
  const sorted: Table[] = [];
  let left = rows;
  while (left.length > 0) {
    const ready = left.filter(({ refers }) => refers.every((name) => sorted.some((table) => table.name === name)));
    if (ready.length === 0) throw new Error('The foreign keys of the tables form a cycle.');
    sorted.push(...ready.map(({ name, columns }) => ({ name, columns })));
    left = left.filter((table) => !ready.includes(table));
  }
  return sorted;
}

/** Returns the names of the migrations that a database has had, none before the first. */
export async function readMigrations(client: pg.ClientBase): Promise<string[]> {
  const { rows: there } = await client.query(`select from pg_tables where schemaname = 'public' and tablename = $1`, [
    MIGRATIONS[0],
  ]);
  if (there.length === 0) return [];
  const { rows } = await client.query<{ name: string }>('select name from kysely_migration order by name');
  return rows.map(({ name }) => name);
}

/** Returns a table with its columns, as COPY expects it. */
export function copyTarget({ name, columns }: Table): string {
  return `${quote(name)} (${columns.map(quote).join(', ')})`;
}

/** Quotes an identifier for SQL. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
