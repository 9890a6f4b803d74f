import type { Db } from '../database.ts';
import type { AuditEntry } from '../operations/audit.ts';
import type { RunGrant } from './tables.ts';

/** A run of a connection. */
export interface RunOfConnection {
  readonly runId: string;
  readonly connectionId: string;
}

/** What people have allowed single runs to do. Only the API gives grants. They end with their run. */
export interface RunGrantStore {
  /**
   * Grants something to a run that is about to be started, and adds the entry to the audit, in one transaction. Calling
   * it again for the same run changes nothing.
   */
  give(run: RunOfConnection, grants: readonly RunGrant[], entry: AuditEntry): Promise<void>;
  /** Returns what a run may do. */
  list(run: RunOfConnection): Promise<ReadonlySet<RunGrant>>;
  /** Withdraws the grants of a run that was not started, or that has joined another run. */
  withdraw(runId: string): Promise<void>;
}

/** Creates the store of grants. */
export function createRunGrantStore(db: Db): RunGrantStore {
  return {
    give: (run, grants, entry) => db.transaction().execute((tx) => give(tx, run, { grants, entry })),
    async list({ runId, connectionId }) {
      const granted = db.selectFrom('run_grants').select('grant_name').where('run_id', '=', runId);
      const rows = await granted.where('connection_id', '=', connectionId).execute();
      return new Set(rows.map((row) => row.grant_name));
    },
    async withdraw(runId) {
      await db.deleteFrom('run_grants').where('run_id', '=', runId).execute();
    },
  };
}

async function give(
  db: Db,
  { runId, connectionId }: RunOfConnection,
  { grants, entry }: { readonly grants: readonly RunGrant[]; readonly entry: AuditEntry },
): Promise<void> {
  if (grants.length === 0) return;
  const rows = grants.map((grant) => ({
    ...{ run_id: runId, connection_id: connectionId, grant_name: grant, given_by: entry.actor },
  }));
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('run_grants')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if ((numInsertedOrUpdatedRows ?? 0n) === 0n) return;
  await db.insertInto('audit').values(entry).execute();
}
