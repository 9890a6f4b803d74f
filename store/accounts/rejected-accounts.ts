import { sql } from 'kysely';
import type { ErpRecord } from '../../domain/sync/record.ts';
import type { Db } from '../database.ts';

/** Unlinked accounts of a run that were rejected, and the ids of the unlinked organizations that have their names. */
export interface RejectedAccounts {
  readonly records: readonly ErpRecord[];
  readonly organizationIds: readonly string[];
}

/**
 * Reads the accounts that a run has staged and that were rejected before, if they are unlinked or their external id is on
 * another organization: with `asked`, those that a person has
 * asked to retry, and otherwise those that were staged since the last ranking.
 */
export async function readRejectedAccounts(
  db: Db,
  { runId, connectionId }: { runId: string; connectionId: string },
  { asked }: { asked: boolean },
): Promise<RejectedAccounts> {
  const { rows } = await sql<{ record: ErpRecord; plain_name_key: string }>`select s.record, s.plain_name_key
    from staged_records s join records a on a.connection_id = ${connectionId} and a.legal_entity = s.legal_entity
      and a.kind = s.kind and a.key = s.key
    where s.run_id = ${runId} and s.target = 'organization' and a.state = 'rejected'
      and (a.zendesk_id is null or a.code = 'external_id_contested')
      and ${asked ? sql`a.retry_asked` : sql`s.rank is null`} order by s.legal_entity, s.kind, s.key`.execute(db);
  const names = rows.map((row) => row.plain_name_key);
  const { rows: organizations } = await sql<{ id: string }>`select o.zendesk_id as id from organizations o
    where o.connection_id = ${connectionId} and o.name_key = any(${sql.val(names)}::text[])
      and not exists (select from records a where a.connection_id = o.connection_id and a.target = 'organization'
        and a.zendesk_id = o.zendesk_id)
    order by 1`.execute(db);
  return { records: rows.map(({ record }) => record), organizationIds: organizations.map(({ id }) => id) };
}
