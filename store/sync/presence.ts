import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** Consecutive accepted readings after which absence is no accident of one reading. Counting stops there. */
export const MAX_ABSENCES = 2;

/** One legal entity and kind that a run has read. */
interface ReadSlice {
  readonly runId: string;
  readonly legalEntity: string;
  readonly kind: string;
}

/** A legal entity with the number of its records that are in Zendesk. */
export interface RecordsInZendesk {
  readonly legalEntity: string;
  readonly records: number;
}

/** What the store knows about records that readings do not contain. */
export interface PresenceStore {
  /** Returns whether a reading has ever contained a record of this legal entity, or this run has read one. */
  wasEverRead(connectionId: string, slice: Omit<ReadSlice, 'kind'>): Promise<boolean>;
  /** Counts the records that are in Zendesk and belong to none of these legal entities, by legal entity. */
  outside(connectionId: string, legalEntities: readonly string[]): Promise<readonly RecordsInZendesk[]>;
}

/** Creates the store of what readings do not contain. */
export function createPresenceStore(db: Db): PresenceStore {
  return {
    async wasEverRead(connectionId, { runId, legalEntity }) {
      const { rows } = await sql<{ known: boolean }>`select exists (select from records
          where connection_id = ${connectionId} and legal_entity = ${legalEntity})
        or exists (select from staged_records where run_id = ${runId} and legal_entity = ${legalEntity}) as known`.execute(
        db,
      );
      return rows[0]?.known === true;
    },
    async outside(connectionId, legalEntities) {
      const { rows } =
        await sql<RecordsInZendesk>`select legal_entity as "legalEntity", count(*) as records from records
        where connection_id = ${connectionId} and present and (zendesk_id is not null or follows_key is not null)
          and legal_entity <> all(${sql.val([...legalEntities])}::text[]) group by 1 order by 1`.execute(db);
      return rows;
    },
  };
}

/**
 * Marks the records that an accepted reading did not contain. They keep their link and their memberships. An email
 * address that has no user is released.
 */
export async function markAbsent(db: Db, connectionId: string, slice: ReadSlice): Promise<void> {
  await sql`update records a set present = false, absences = a.absences + 1,
      email_digest = case when a.zendesk_id is not null then a.email_digest end
    where a.connection_id = ${connectionId} and a.legal_entity = ${slice.legalEntity} and a.kind = ${slice.kind}
      and a.absences < ${MAX_ABSENCES}
      and not exists (select from staged_records s where s.run_id = ${slice.runId} and s.legal_entity = a.legal_entity
        and s.kind = a.kind and s.key = a.key)`.execute(db);
}

/** Returns the state of a record `r` as it is listed. */
export const STATE_OF_RECORD = sql<string>`case when r.present then r.state else 'gone' end`;

/** The changes of a record `a` that a reading contains again. */
export const SEEN_AGAIN = sql`present = true, absences = 0`;

/** Is true for a record `r` that may have another number now. */
export const IS_FORMER_OF_UNCLEAR = sql<boolean>`exists (select from unclear_renumberings u
  where u.connection_id = r.connection_id and u.legal_entity = r.legal_entity and u.kind = r.kind
    and u.former_key = r.key)`;
