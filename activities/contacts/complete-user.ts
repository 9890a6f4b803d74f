import { RemoteError } from '../../clients/errors.ts';
import { userRefusalOf } from '../../clients/zendesk/user-refusal.ts';
import { emailRefused, emailTaken } from '../../domain/contacts/contact-remarks.ts';
import { emailKey } from '../../domain/contacts/email.ts';
import { lacksOf, userChanges } from '../../domain/contacts/plan-user.ts';
import { keyOf } from '../../domain/sync/record.ts';
import { listInconsistent, zendeskRefused, type Rejection } from '../../domain/sync/rejection.ts';
import type { WrittenUser } from '../../store/contacts/users.ts';
import { contentDigest } from '../../store/digests.ts';
import type { Changes } from '../../store/sync/changes.ts';
import type { StepContext } from '../dependencies.ts';
import { messageOf } from '../failure.ts';
import type { OpenSlice } from '../sync/open-slice.ts';
import { OUTCOME_OF } from '../sync/written.ts';
import { organizationsWithUnsolved } from './unsolved-tickets.ts';
import {
  attemptOf,
  desiredDigests,
  isStaff,
  refusedEmailOf,
  remarkOf,
  reservationOf,
  wantedOf,
  type UserRow,
} from './user-row.ts';

/**
 * Adds a user to the organizations of its accounts, removes it from those to which only we had added it, and adds a
 * missing email address as an identity. The primary address is never replaced, and no identity is removed.
 */
export async function completeUser(context: StepContext, slice: OpenSlice, row: UserRow): Promise<Changes> {
  const id = row.zendeskId ?? '';
  const lacks = lacksOf(wantedOf(row), row.seen);
  const { spec } = slice;
  try {
    const { kept, ...moved } = await move(context, slice, { row, id, ...lacks });
    const written: WrittenUser = { id, isStaff: isStaff(row), ...moved };
    const keeping = withUnsolved(row, kept);
    if (!lacks.email) return done(keeping, spec, [written]);
    const emails = await addEmail(context, slice, row);
    if (emails === 'gone') return again(row, 'the user does not exist any more.');
    if (emails === 'taken') return rejected(row, spec, { remark: emailTaken(), written: [written] });
    if ('refusal' in emails) return withoutEmail(keeping, spec, { refusal: emails.refusal, written });
    return done(keeping, spec, [{ ...written, emails }]);
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    if (error.kind === 'missing') return again(row, error.detail);
    if (error.kind === 'inconsistent') return undecided(row, error);
    if (error.kind === 'refused') return rejected(row, spec, { remark: zendeskRefused(error.detail), written: [] });
    throw error;
  }
}

/** Returns a row with the organizations in which its user turned out to have unsolved tickets. */
function withUnsolved(row: UserRow, organizationIds: readonly string[]): UserRow {
  if (row.seen === null || organizationIds.length === 0) return row;
  const unsolvedOrganizationIds = [...(row.seen.unsolvedOrganizationIds ?? []), ...organizationIds];
  return { ...row, seen: { ...row.seen, unsolvedOrganizationIds } };
}

/** Rejects a contact about which Zendesk contradicts itself. Nothing is concluded, and the next run tries again. */
function undecided({ record, zendeskId }: UserRow, error: RemoteError): Changes {
  const remark = listInconsistent(messageOf(error));
  return { outcomes: [{ ...keyOf(record), outcome: 'rejected', zendeskId: zendeskId ?? '', remark }] };
}

/** Marks a row for a look-up, because its user or organization no longer exists. */
function again({ record }: UserRow, refusal: string): Changes {
  return { transitions: [{ ...keyOf(record), state: 'refused', refusal }] };
}

function done(row: UserRow, spec: OpenSlice['spec'], written: readonly WrittenUser[]): Changes {
  const refused = [...(row.seen?.refusedOrganizationIds ?? []), ...written.flatMap((user) => user.refused ?? [])];
  const joined = written.flatMap((user) => user.joined?.ids ?? []);
  const refusedOrganizationIds = refused.filter((id) => !joined.includes(id));
  const seen = row.seen === null ? null : { ...row.seen, refusedOrganizationIds };
  const { ignored } = userChanges({ desired: desiredDigests(row, spec), known: row.seen });
  const outcome = {
    ...keyOf(row.record),
    outcome: OUTCOME_OF[row.operation],
    zendeskId: row.zendeskId ?? '',
    remark: remarkOf({ ...row, seen }, ignored),
  };
  return { outcomes: [outcome], users: { written } };
}

/** Finishes a contact without its address, which Zendesk refused. */
function withoutEmail(
  row: UserRow,
  spec: OpenSlice['spec'],
  { refusal, written }: { refusal: string; written: WrittenUser },
): Changes {
  const refused = refusedEmailOf(row, refusal);
  const reservation = { ...reservationOf(row), email: null, remark: emailRefused(refused.reason) };
  const changes = done({ ...row, reservation }, spec, [written]);
  return { ...changes, users: { ...changes.users, refusedEmails: [refused] } };
}

/**
 * Rejects a contact whose address or membership Zendesk refused. The rest of its user was written, and it stays linked.
 */
function rejected(
  row: UserRow,
  spec: OpenSlice['spec'],
  { remark, written }: { remark: Rejection; written: readonly WrittenUser[] },
): Changes {
  const refusedAttempt = contentDigest(attemptOf(row, spec));
  const zendeskId = row.zendeskId ?? '';
  const outcome = { ...keyOf(row.record), outcome: 'rejected' as const, zendeskId, remark, refusedAttempt };
  return { outcomes: [outcome], users: { written } };
}

/**
 * Joins organizations before it leaves others, so that a user is never without one. If Zendesk allows only one, it
 * joins again after leaving. The user stays in organizations in which it has unsolved tickets (`kept`).
 */
async function move(
  context: StepContext,
  slice: OpenSlice,
  { row, id, join: wanted, leave: ended }: Moving,
): Promise<Joined & { left: readonly string[]; kept: readonly string[] }> {
  const first = await join(context, slice, { row, id, organizationIds: wanted });
  if (ended.length === 0) return { ...first, left: [], kept: [] };
  const kept = await organizationsWithUnsolved(context, slice, { userId: id, organizationIds: ended });
  const leave = ended.filter((organizationId) => !kept.includes(organizationId));
  for (const organizationId of leave)
    await context.remote(({ zendesk }) => zendesk.removeMembership({ userId: id, organizationId }));
  if (leave.length === 0) return { ...first, left: leave, kept };
  const then = await join(context, slice, { row, id, organizationIds: first.refused });
  const joined = { ids: [...first.joined.ids, ...then.joined.ids], own: [...first.joined.own, ...then.joined.own] };
  return { joined, refused: then.refused, left: leave, kept };
}

/** A user with the organizations that it joins and leaves. */
interface Moving {
  readonly row: UserRow;
  readonly id: string;
  readonly join: readonly string[];
  readonly leave: readonly string[];
}

/** The organizations that a user has joined, those of them that we added, and those for which Zendesk refused it. */
interface Joined {
  readonly joined: { readonly ids: readonly string[]; readonly own: readonly string[] };
  readonly refused: readonly string[];
}

/**
 * Creates memberships. That they are ours is stored before the request, so that a crash does not lose it. Existing
 * memberships are read first: one that exists although we never intended it was not created by us.
 */
async function join(
  { store, remote }: StepContext,
  { connectionId }: OpenSlice,
  { row, id, organizationIds }: { row: UserRow; id: string; organizationIds: readonly string[] },
): Promise<Joined> {
  const ids: string[] = [];
  const own: string[] = [];
  const refused: string[] = [];
  const intended = row.seen?.ownOrganizationIds ?? [];
  const present = organizationIds.length === 0 ? [] : await remote(({ zendesk }) => zendesk.listMemberships(id));
  for (const organizationId of organizationIds) {
    const isThere = present.some((membership) => membership.organizationId === organizationId);
    if (!isThere) await store.users.intend(connectionId, id, [organizationId]);
    const answer = isThere
      ? 'membership'
      : await remote(async ({ zendesk }) => attempt(() => zendesk.addMembership({ userId: id, organizationId })));
    if (answer === 'single_organization') refused.push(organizationId);
    else ids.push(organizationId);
    if (answer === 'created' || (isThere && intended.includes(organizationId))) own.push(organizationId);
    else await store.users.disown(connectionId, id, [organizationId]);
  }
  return { joined: { ids, own }, refused };
}

/**
 * Adds the email address of a row. Returns the addresses of the user, or why Zendesk refused the address, or that it is
 * taken, or that the user is gone.
 */
async function addEmail(
  { remote }: StepContext,
  { connection: { settings } }: OpenSlice,
  row: UserRow,
): Promise<readonly string[] | { readonly refusal: string } | 'taken' | 'gone'> {
  const email = reservationOf(row).email ?? '';
  const id = row.zendeskId ?? '';
  const present = await remote(({ zendesk }) => zendesk.listUserEmails(id));
  if (present === null) return 'gone';
  if (present.some((address) => emailKey(address) === emailKey(email))) return present;
  const verified = settings.sync.secondaryEmailVerified;
  try {
    const answer = await remote(({ zendesk }) => attempt(() => zendesk.addUserEmail(id, { email, verified })));
    return answer === 'created' ? [...present, email] : 'taken';
  } catch (error) {
    const isRefused = error instanceof RemoteError && error.kind === 'refused';
    if (isRefused && userRefusalOf(error.detail) === 'email_refused') return { refusal: error.detail };
    throw error;
  }
}

/** Tries a write. Returns the reason of a refusal that the caller can handle, and throws any other refusal. */
async function attempt(
  write: () => Promise<unknown>,
): Promise<'created' | 'membership' | 'single_organization' | 'email'> {
  try {
    await write();
    return 'created';
  } catch (error) {
    const reason = error instanceof RemoteError && error.kind === 'refused' ? userRefusalOf(error.detail) : 'other';
    if (reason === 'membership' || reason === 'single_organization' || reason === 'email') return reason;
    throw error;
  }
}
