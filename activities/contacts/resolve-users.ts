import { userRefusalOf } from '../../clients/zendesk/user-refusal.ts';
import { emailTaken, userDeleted } from '../../domain/contacts/contact-remarks.ts';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import type { Rejection } from '../../domain/sync/rejection.ts';
import type { SeenUser } from '../../domain/contacts/user.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';
import type { Findings } from '../../store/sync/changes.ts';
import type { SliceRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { mergeFindings } from '../sync/merge-changes.ts';
import { settledOf, USERS } from './user-target.ts';

/** The users that were looked up for refused rows. */
interface LookedUp {
  readonly askedAt: Date;
  readonly byId: ReadonlyMap<string, SeenUser>;
  readonly byExternalId: ReadonlyMap<string, SeenUser>;
}

/**
 * Looks up who the contacts of refused rows are in Zendesk: by id and external id at once, and by address, one by one, only
 * where that has found nobody. A user without external id is adopted; one that is somebody else's, or was deleted, is left.
 */
export async function resolveUsers(context: StepContext, slice: SliceRef, rows: readonly JobRow[]): Promise<void> {
  const { store, far } = context;
  const askedAt = await store.staging.now();
  const ids = rows.flatMap(({ zendeskId }) => zendeskId ?? []);
  const byId = ids.length === 0 ? [] : await far(({ zendesk }) => zendesk.showUsers({ ids }));
  const externalIds = rows.map(({ externalId }) => externalId);
  const byExternalId = await far(({ zendesk }) => zendesk.showUsers({ externalIds }));
  const lookedUp = {
    askedAt,
    byId: new Map(byId.map((user) => [user.id, user])),
    byExternalId: new Map(byExternalId.map((user) => [externalIdKey(user.externalId ?? ''), user])),
  };
  const gone = ids.filter((id) => !lookedUp.byId.has(id));
  const findings: Findings[] = [
    { seenUsers: { users: [...byId, ...byExternalId], askedAt }, goneUsers: { ids: gone, askedAt } },
  ];
  for (const row of rows) findings.push(await resolve(context, slice, { row, lookedUp }));
  await store.work.record(slice, mergeFindings(findings));
}

async function resolve(
  context: StepContext,
  slice: SliceRef,
  { row, lookedUp }: { row: JobRow; lookedUp: LookedUp },
): Promise<Findings> {
  if (lookedUp.byId.has(row.zendeskId ?? '')) return planAnew(row);
  if (lookedUp.byExternalId.has(externalIdKey(row.externalId))) return planAnew(row, { replaced: true });
  const { email } = settledOf(row);
  const owner = email === null ? undefined : await findOwner(context, slice, { row, email });
  if (owner === 'other') return rejectAs(row, emailTaken(), { isFinal: true });
  if (owner !== undefined && email !== null) return adopt(row, { owner, email, askedAt: lookedUp.askedAt });
  if (row.zendeskId !== null) return rejectAs(row, userDeleted(), { isFinal: true });
  // Nobody is found though Zendesk says that somebody has the address: its index lags, so the next run looks again.
  const isUnfound = row.round > 0 && userRefusalOf(row.refusal) === 'email';
  return isUnfound ? rejectAs(row, emailTaken(), { isFinal: false }) : planAnew(row);
}

/** Plans a row anew; `replaced` tells that the user it was linked to is gone, and another one found in its place. */
function planAnew(
  { record, zendeskId }: JobRow,
  { replaced = false, adoptId }: { replaced?: boolean; adoptId?: string } = {},
): Findings {
  const unlinkedUsers = replaced && zendeskId !== null ? [zendeskId] : [];
  return { marks: [{ ...record, state: 'unplanned', adoptId }], unlinkedUsers };
}

/** The user that has the address, if the contact can have it: nobody's by external id, and no other contact's. */
async function findOwner(
  { store, far }: StepContext,
  { connectionId }: SliceRef,
  { row, email }: { row: JobRow; email: string },
): Promise<SeenUser | 'other' | undefined> {
  const [owner] = await far(({ zendesk }) => zendesk.findUsersByEmail(email));
  if (owner === undefined) return undefined;
  const isOurs = owner.externalId === null || externalIdKey(owner.externalId) === externalIdKey(row.externalId);
  const linked = await store.users.linked(connectionId, [owner.id]);
  return isOurs && !linked.has(owner.id) ? owner : 'other';
}

function adopt(row: JobRow, { owner, email, askedAt }: { owner: SeenUser; email: string; askedAt: Date }): Findings {
  const isStaff = owner.role !== 'end-user';
  const seenUsers = { users: [owner], askedAt };
  return {
    ...planAnew(row, { replaced: true, adoptId: owner.id }),
    seenUsers,
    writtenUsers: [{ id: owner.id, isStaff, emails: [email] }],
  };
}

/** `isFinal`: the same is not tried again by itself. */
function rejectAs(row: JobRow, remark: Rejection, { isFinal }: { isFinal: boolean }): Findings {
  const { legalEntity, kind, key } = row.record;
  const user = row.user === null ? null : { ...row.user, isActive: row.zendeskId === null };
  const refusedAttempt = isFinal ? USERS.attempt({ ...row, user }) : undefined;
  return { outcomes: [{ legalEntity, kind, key, outcome: 'rejected', remark, refusedAttempt }] };
}
