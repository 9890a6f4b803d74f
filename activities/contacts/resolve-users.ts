import { RemoteError } from '../../clients/errors.ts';
import { userRefusalOf } from '../../clients/zendesk/user-refusal.ts';
import { emailTaken, userDeleted } from '../../domain/contacts/contact-remarks.ts';
import type { KnownUser } from '../../domain/contacts/plan-user.ts';
import type { ContactReservation } from '../../domain/contacts/reserve-contact.ts';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import { keyOf } from '../../domain/sync/record.ts';
import { listInconsistent, type Rejection } from '../../domain/sync/rejection.ts';
import type { SeenUser } from '../../domain/contacts/user.ts';
import { contentDigest } from '../../store/digests.ts';
import type { Changes } from '../../store/sync/changes.ts';
import type { StepContext } from '../dependencies.ts';
import { messageOf } from '../failure.ts';
import { mergeChanges } from '../sync/merge-changes.ts';
import type { OpenSlice } from '../sync/open-slice.ts';
import type { RefusedRows } from '../sync/target.ts';
import { reserveContactsAgain } from './reserve-contacts.ts';
import { attemptOf, refusedEmailOf, reservationOf, type UserRow } from './user-row.ts';

/** The number of consecutive runs that look up the user of an address that is taken. Zendesk's index lags by minutes. */
const LOOK_UPS = 3;

/** The users that were looked up for refused rows. */
interface LookedUp {
  readonly askedAt: Date;
  readonly byId: ReadonlyMap<string, SeenUser>;
  readonly byExternalId: ReadonlyMap<string, SeenUser>;
}

/**
 * Plans rows whose email address Zendesk refused without it. Looks up the users of the other rows in Zendesk: by id and external id all at once, and then the missing ones by email
 * address, one by one. Adopts a user without external id. Leaves users of other records, and deleted ones, as they are.
 */
export async function resolveUsers(
  context: StepContext,
  slice: OpenSlice,
  { rows, incompleteEntities }: RefusedRows<KnownUser, ContactReservation>,
): Promise<void> {
  const refused = rows.filter(hasRefusedEmail);
  await planWithoutEmail(context, slice, { rows: refused, incompleteEntities });
  await lookUpUsers(
    context,
    slice,
    rows.filter((row) => !refused.includes(row)),
  );
}

/** Returns whether Zendesk did not create the user of a row because of its email address. */
function hasRefusedEmail(row: UserRow): boolean {
  const isNew = row.zendeskId === null && reservationOf(row).email !== null;
  return isNew && userRefusalOf(row.refusal) === 'email_refused';
}

/** Reserves for rows again, without the addresses that Zendesk refused, and plans them again. */
async function planWithoutEmail(
  context: StepContext,
  slice: OpenSlice,
  { rows, incompleteEntities }: RefusedRows<KnownUser, ContactReservation>,
): Promise<void> {
  if (rows.length === 0) return;
  const refusedEmails = rows.map((row) => refusedEmailOf(row, row.refusal ?? ''));
  await context.store.changes.record(slice, { users: { refusedEmails } });
  const keys = rows.map(({ record }) => keyOf(record));
  await reserveContactsAgain(context, slice, { keys, incompleteEntities });
  await context.store.changes.record(slice, mergeChanges(rows.map((row) => planAnew(row))));
}

async function lookUpUsers(context: StepContext, slice: OpenSlice, rows: readonly UserRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { store, remote } = context;
  const askedAt = await store.staging.now();
  const ids = rows.flatMap(({ zendeskId }) => zendeskId ?? []);
  const byId = ids.length === 0 ? [] : await remote(({ zendesk }) => zendesk.showUsers({ ids }));
  const externalIds = rows.map(({ externalId }) => externalId);
  const byExternalId = await remote(({ zendesk }) => zendesk.showUsers({ externalIds }));
  const lookedUp = {
    askedAt,
    byId: new Map(byId.map((user) => [user.id, user])),
    byExternalId: new Map(byExternalId.map((user) => [externalIdKey(user.externalId ?? ''), user])),
  };
  const gone = ids.filter((id) => !lookedUp.byId.has(id));
  const seen = { items: [...byId, ...byExternalId], askedAt, mapped: slice.mapped };
  const changes: Changes[] = [{ users: { seen, gone: { ids: gone, askedAt } } }];
  for (const row of rows) changes.push(await resolve(context, slice, { row, lookedUp }));
  await store.changes.record(slice, mergeChanges(changes));
}

async function resolve(
  context: StepContext,
  slice: OpenSlice,
  { row, lookedUp }: { row: UserRow; lookedUp: LookedUp },
): Promise<Changes> {
  if (lookedUp.byId.has(row.zendeskId ?? '')) return planAnew(row);
  if (lookedUp.byExternalId.has(externalIdKey(row.externalId))) return planAnew(row, { replaced: true });
  const { email } = reservationOf(row);
  const owner = email === null ? undefined : await findOwner(context, slice, { row, email }).catch(inconsistency);
  if (owner instanceof RemoteError)
    return rejectAs(row, slice.spec, { remark: listInconsistent(messageOf(owner)), isFinal: false });
  if (owner === 'other') return rejectAs(row, slice.spec, { remark: emailTaken(), isFinal: true });
  if (owner !== undefined && email !== null) return adopt(row, slice, { owner, email, askedAt: lookedUp.askedAt });
  if (row.zendeskId !== null) return rejectAs(row, slice.spec, { remark: userDeleted(), isFinal: true });
  // Zendesk says that the address is taken but finds no user, perhaps because its index is delayed. The next runs look it
  // up again, but not for ever.
  const isUnfound = row.round > 0 && userRefusalOf(row.refusal) === 'email';
  return isUnfound
    ? rejectAs(row, slice.spec, { remark: emailTaken(), isFinal: (row.rejections ?? 0) >= LOOK_UPS - 1 })
    : planAnew(row);
}

/** Plans a row again. `replaced` is true when the linked user no longer exists and another one was found. */
function planAnew(
  { record, zendeskId }: UserRow,
  { replaced = false, adoptId }: { replaced?: boolean; adoptId?: string } = {},
): Changes {
  const unlinked = replaced && zendeskId !== null ? [zendeskId] : [];
  return { transitions: [{ ...keyOf(record), state: 'unplanned', adoptId }], users: { unlinked } };
}

/**
 * Finds the user with the email address. Returns `other` when the user has another external id or belongs to another
 * contact.
 */
async function findOwner(
  { store, remote }: StepContext,
  { connectionId }: OpenSlice,
  { row, email }: { row: UserRow; email: string },
): Promise<SeenUser | 'other' | undefined> {
  const [owner] = await remote(({ zendesk }) => zendesk.findUsersByEmail(email));
  if (owner === undefined) return undefined;
  const isOurs = owner.externalId === null || externalIdKey(owner.externalId) === externalIdKey(row.externalId);
  const linked = await store.users.linked(connectionId, [owner.id]);
  return isOurs && !linked.has(owner.id) ? owner : 'other';
}

/** Returns the error for a list that contradicts itself, which says nothing about the row. Throws any other one. */
function inconsistency(error: unknown): RemoteError {
  if (error instanceof RemoteError && error.kind === 'inconsistent') return error;
  throw error;
}

function adopt(
  row: UserRow,
  { mapped }: OpenSlice,
  { owner, email, askedAt }: { owner: SeenUser; email: string; askedAt: Date },
): Changes {
  const isStaff = owner.role !== 'end-user';
  const seen = { items: [owner], askedAt, mapped };
  const planned = planAnew(row, { replaced: true, adoptId: owner.id });
  const written = [{ id: owner.id, isStaff, emails: [email] }];
  return { ...planned, users: { ...planned.users, seen, written } };
}

/** Rejects a row. If `isFinal`, the same attempt is not repeated automatically. */
function rejectAs(
  row: UserRow,
  spec: OpenSlice['spec'],
  { remark, isFinal }: { remark: Rejection; isFinal: boolean },
): Changes {
  const seen = row.seen === null ? null : { ...row.seen, isActive: row.zendeskId === null };
  const refusedAttempt = isFinal ? contentDigest(attemptOf({ ...row, seen }, spec)) : undefined;
  return { outcomes: [{ ...keyOf(row.record), outcome: 'rejected', remark, refusedAttempt }] };
}
