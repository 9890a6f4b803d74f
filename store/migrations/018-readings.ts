import { sql, type Kysely } from 'kysely';

/** Adds what is remembered of readings, so that their pages can be compared with each other, also after a crash. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // `followed`: digests of the positions of the pages that were read. `counted`: the smallest number of records that F&O
  // has counted. `served_twice`: rows that repeat a record and are counted as two. `began_at`: when the reading began, or
  // began once more, because its pages contradicted each other (`is_repeat`).
  `alter table staged_reads add column followed text[] not null default '{}', add column counted integer,
    add column served_twice integer not null default 0, add column is_repeat boolean not null default false,
    add column began_at timestamptz not null default clock_timestamp()`,
  // The exports that are being read: where the reading began, digests of what it has read, and digests of cursors that
  // earlier readings have followed (ExportReading in domain/support/).
  `alter table support_reading add column tickets_reading jsonb, add column users_reading jsonb`,
  // Why Zendesk's last answer about this organization or user could not be read; null if it could.
  `alter table organizations add column defect text`,
  `alter table users add column defect text`,
];
