import { FarSystemError } from '../../clients/errors.ts';
import { userRefusalOf } from '../../clients/zendesk/user-refusal.ts';
import { emailTaken } from '../../domain/contacts/contact-remarks.ts';
import { emailKey } from '../../domain/contacts/email.ts';
import { lacksOf } from '../../domain/contacts/plan-user.ts';
import { zendeskRefused, type Rejection } from '../../domain/sync/rejection.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';
import type { WrittenUser } from '../../store/contacts/users.ts';
import type { Findings } from '../../store/sync/changes.ts';
import type { SliceRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { writtenOutcome } from '../sync/target.ts';
import { settledOf, USERS, wantedOf } from './user-target.ts';

/**
 * Puts a user into the organizations of its accounts, takes it out of those that only we had put it in, and adds an address
 * that it does not have yet as a further identity: the primary address is never replaced, and no identity ever removed.
 */
export async function completeUser(context: StepContext, slice: SliceRef, row: JobRow): Promise<Findings> {
  const id = row.zendeskId ?? '';
  const isStaff = row.user?.isStaff === true;
  const lacks = lacksOf(wantedOf(row), row.user);
  try {
    const written: WrittenUser = { id, isStaff, ...(await move(context, slice, { row, id, ...lacks })) };
    if (!lacks.email) return done(row, [written]);
    const emails = await addEmail(context, slice, row);
    if (emails === 'gone') return again(row, 'the user is gone');
    return emails === 'taken' ? rejected(row, emailTaken(), [written]) : done(row, [{ ...written, emails }]);
  } catch (error) {
    if (!(error instanceof FarSystemError)) throw error;
    if (error.kind === 'missing') return again(row, error.detail);
    if (error.kind === 'refused') return rejected(row, zendeskRefused(error.detail), []);
    throw error;
  }
}

/** A user or organization that is not there any more: who the contact is now is looked up. */
function again({ record }: JobRow, refusal: string): Findings {
  return { marks: [{ ...record, state: 'refused', refusal }] };
}

function done(row: JobRow, writtenUsers: readonly WrittenUser[]): Findings {
  const refused = [...(row.user?.refusedOrganizationIds ?? []), ...writtenUsers.flatMap((user) => user.refused ?? [])];
  const joined = writtenUsers.flatMap((user) => user.joined?.ids ?? []);
  const refusedOrganizationIds = refused.filter((id) => !joined.includes(id));
  const user = row.user === null ? null : { ...row.user, refusedOrganizationIds };
  return { outcomes: [writtenOutcome(USERS, { ...row, user }, row.zendeskId ?? '')], writtenUsers };
}

/** A user that is written but for something that Zendesk refused: the contact stays linked to it. */
function rejected(row: JobRow, remark: Rejection, writtenUsers: readonly WrittenUser[]): Findings {
  const { legalEntity, kind, key } = row.record;
  const written = { zendeskId: row.zendeskId ?? '', hash: USERS.wantedHash(row) };
  const refusedAttempt = USERS.attempt(row);
  return { outcomes: [{ legalEntity, kind, key, outcome: 'rejected', remark, refusedAttempt, written }], writtenUsers };
}

/** Joins before it leaves, so that a user is never without organization; where only one is allowed, there is room then. */
async function move(
  context: StepContext,
  slice: SliceRef,
  { row, id, join: wanted, leave }: { row: JobRow; id: string; join: readonly string[]; leave: readonly string[] },
): Promise<Joined & { left: readonly string[] }> {
  const first = await join(context, slice, { row, id, organizationIds: wanted });
  for (const organizationId of leave)
    await context.far(({ zendesk }) => zendesk.removeMembership({ userId: id, organizationId }));
  if (leave.length === 0) return { ...first, left: leave };
  const then = await join(context, slice, { row, id, organizationIds: first.refused });
  const joined = { ids: [...first.joined.ids, ...then.joined.ids], own: [...first.joined.own, ...then.joined.own] };
  return { joined, refused: then.refused, left: leave };
}

/** The memberships that a user has by now, those of them that we made, and those that Zendesk refused. */
interface Joined {
  readonly joined: { readonly ids: readonly string[]; readonly own: readonly string[] };
  readonly refused: readonly string[];
}

/**
 * Makes memberships. That they are ours is noted before the call, so that a crash does not lose it; those that are there
 * before we have meant to make them are somebody else's. Without that look an answer that was lost would make them ours.
 */
async function join(
  { store, far }: StepContext,
  { connectionId }: SliceRef,
  { row, id, organizationIds }: { row: JobRow; id: string; organizationIds: readonly string[] },
): Promise<Joined> {
  const ids: string[] = [];
  const own: string[] = [];
  const refused: string[] = [];
  const intended = row.user?.ownOrganizationIds ?? [];
  const present = organizationIds.length === 0 ? [] : await far(({ zendesk }) => zendesk.listMemberships(id));
  for (const organizationId of organizationIds) {
    const isThere = present.some((membership) => membership.organizationId === organizationId);
    if (!isThere) await store.users.intend(connectionId, id, [organizationId]);
    const answer = isThere
      ? 'membership'
      : await far(async ({ zendesk }) => attempt(() => zendesk.addMembership({ userId: id, organizationId })));
    if (answer === 'single_organization') refused.push(organizationId);
    else ids.push(organizationId);
    if (answer === 'made' || (isThere && intended.includes(organizationId))) own.push(organizationId);
    else await store.users.disown(connectionId, id, [organizationId]);
  }
  return { joined: { ids, own }, refused };
}

/** Adds the address of a row; answers the addresses that the user has then, that somebody else has this one, or that the user is gone. */
async function addEmail(
  { store, far }: StepContext,
  { connectionId }: SliceRef,
  row: JobRow,
): Promise<readonly string[] | 'taken' | 'gone'> {
  const email = settledOf(row).email ?? '';
  const id = row.zendeskId ?? '';
  const { settings } = await store.connections.require(connectionId);
  const present = await far(({ zendesk }) => zendesk.listUserEmails(id));
  if (present === null) return 'gone';
  if (present.some((address) => emailKey(address) === emailKey(email))) return present;
  const verified = settings.sync.secondaryEmailVerified;
  const answer = await far(({ zendesk }) => attempt(() => zendesk.addUserEmail(id, { email, verified })));
  return answer === 'made' ? [...present, email] : 'taken';
}

/** Tries a write that Zendesk may refuse for a reason that we know what to do about; throws any other refusal. */
async function attempt(
  write: () => Promise<unknown>,
): Promise<'made' | 'membership' | 'single_organization' | 'email'> {
  try {
    await write();
    return 'made';
  } catch (error) {
    const reason = error instanceof FarSystemError && error.kind === 'refused' ? userRefusalOf(error.detail) : 'other';
    if (reason === 'membership' || reason === 'single_organization' || reason === 'email') return reason;
    throw error;
  }
}
