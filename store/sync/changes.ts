import type { SeenOrganization } from '../../domain/accounts/organization.ts';
import type { SeenUser } from '../../domain/contacts/user.ts';
import type { Db } from '../database.ts';
import { markRows, type RowMark } from './job-rows.ts';
import { forgetOrganizations, noteSeen, noteWritten, type WrittenOrganization } from '../accounts/organizations.ts';
import { saveOutcomes, type OutcomeScope, type RecordOutcome } from './outcomes.ts';
import { noteGoneUsers, noteSeenUsers, noteWrittenUsers, unlinkUsers, type WrittenUser } from '../contacts/users.ts';

/** What a step found out, to be recorded together: all of it, or nothing. */
export interface Findings {
  readonly outcomes?: readonly RecordOutcome[];
  readonly marks?: readonly RowMark[];
  /** Organizations that we have written, in the form they now have. */
  readonly written?: readonly WrittenOrganization[];
  /** Organizations that Zendesk has shown to a request made at `askedAt`. */
  readonly seen?: { readonly organizations: readonly SeenOrganization[]; readonly askedAt: Date };
  /** Organizations that Zendesk did not have when it was asked for them at that time. */
  readonly gone?: { readonly ids: readonly string[]; readonly askedAt: Date };
  /** The same of users. */
  readonly writtenUsers?: readonly WrittenUser[];
  readonly seenUsers?: { readonly users: readonly SeenUser[]; readonly askedAt: Date };
  readonly goneUsers?: { readonly ids: readonly string[]; readonly askedAt: Date };
  /** Users that are gone and replaced: their contacts are no longer linked to them. */
  readonly unlinkedUsers?: readonly string[];
  /** The bulk job whose rows these are: matched item by item, it is closed. */
  readonly job?: number;
}

/** Records what a step found out, in one transaction, so that a kill leaves either none or all of it. */
export interface WorkStore {
  record(scope: OutcomeScope, findings: Findings): Promise<void>;
}

/** Builds the store of findings. */
export function createWorkStore(db: Db): WorkStore {
  return {
    record: (scope, findings) => db.transaction().execute((tx) => record(tx, scope, findings)),
  };
}

async function record(db: Db, scope: OutcomeScope, findings: Findings): Promise<void> {
  const { seen, gone } = findings;
  if (seen) await noteSeen(db, scope.connectionId, { seen: seen.organizations, askedAt: seen.askedAt });
  if (gone) await forgetOrganizations(db, scope.connectionId, gone);
  await noteWritten(db, scope.connectionId, findings.written ?? []);
  await recordUsers(db, scope, findings);
  await saveOutcomes(db, scope, findings.outcomes ?? []);
  await markRows(db, scope.runId, findings.marks ?? []);
  if (findings.job === undefined) return;
  await db.updateTable('jobs').set({ state: 'recorded' }).where('no', '=', findings.job).execute();
}

async function recordUsers(db: Db, { connectionId }: OutcomeScope, findings: Findings): Promise<void> {
  const { seenUsers, goneUsers, writtenUsers, unlinkedUsers } = findings;
  if (seenUsers) await noteSeenUsers(db, connectionId, seenUsers);
  if (goneUsers) await noteGoneUsers(db, connectionId, goneUsers);
  await noteWrittenUsers(db, connectionId, writtenUsers ?? []);
  await unlinkUsers(db, connectionId, unlinkedUsers ?? []);
}
