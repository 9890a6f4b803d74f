import { sql, type Kysely } from 'kysely';

/** Adds connections whose F&O environment issues ControlNumbers again, and the row with which a process proves that it can write. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Since when, and until when, events came with a ControlNumber that another event has had. `last_at` is up to a minute old.
  `create table reused_numbers (
    connection_id text primary key references connections on delete cascade,
    first_at timestamptz not null default now(),
    last_at timestamptz not null default now()
  )`,
  // One row, which readiness checks write.
  `create table write_proofs (
    id int primary key check (id = 1),
    proven_at timestamptz not null
  )`,
];
