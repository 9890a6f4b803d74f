import { sql } from 'kysely';
import type { TargetName } from '../../domain/entity-spec.ts';
import type { Db } from '../database.ts';
import { SEEN_AGAIN } from './presence.ts';

/** Is true for a staged record `s` of which more than the key could be read. */
export const IS_READABLE = sql<boolean>`not s.record ? 'defect'`;

/** Registers the staged records of which only the key could be read. What is known of them stays as it is. */
export async function registerUnreadable(
  db: Db,
  { runId, connectionId, target }: { runId: string; connectionId: string; target: TargetName },
): Promise<void> {
  await sql`insert into records as a (connection_id, legal_entity, kind, key, target, plain_name, plain_name_key)
    select ${connectionId}, s.legal_entity, s.kind, s.key, s.target, s.plain_name, s.plain_name_key
    from staged_records s where s.run_id = ${runId} and s.target = ${target} and s.rank is null and not ${IS_READABLE}
    order by 2, 3, 4
    on conflict (connection_id, legal_entity, kind, key) do update set ${SEEN_AGAIN} where not a.present or a.absences > 0`.execute(
    db,
  );
}
