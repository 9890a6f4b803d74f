import { z } from 'zod';
import { emailKey } from '../../domain/contacts/email.ts';
import { RemoteError } from '../errors.ts';
import type { SeenUser } from '../../domain/contacts/user.ts';
import { assertBatch, showManyQueries, type ManyKeys } from './batches.ts';
import {
  continuationOf,
  exportMembers,
  exportQuery,
  type ExportContinuation,
  type ExportWanted,
} from './export-pages.ts';
import { identityCalls } from './identities.ts';
import { jobAnswer, type JobStatus } from './job-wire.ts';
import type { ZendeskSession } from './session.ts';
import { unlessGone } from './unless-gone.ts';
import { newUserToWire, userChangeToWire, userWire, type NewUser, type UserChange } from './user-wire.ts';

/** One page of the users that changed, and where the export goes on. */
interface UserExportPage extends ExportContinuation {
  readonly users: readonly SeenUser[];
}

/** Reads users. */
interface UserReads {
  /** At most 100 by id or external id, in no order; those that are not there or were deleted are absent. */
  showUsers(wanted: ManyKeys): Promise<readonly SeenUser[]>;
  /** Also a deleted user, who is not active; null when there is no such id. */
  findUser(id: string): Promise<SeenUser | null>;
  /**
   * Users that have this address among any of theirs, without regard to case. Not complete: Zendesk's index lags behind by
   * minutes, and of users whose primary address is another one only the first five that the search names are looked into.
   */
  findUsersByEmail(email: string): Promise<readonly SeenUser[]>;
  /** The users that changed, oldest change first; deleted ones among them are not active, and a user may come again. */
  exportUsers(wanted: ExportWanted): Promise<UserExportPage>;
}

/** Writes users; nobody gets a mail. */
interface UserWrites {
  /** Starts a job that creates 1 to 100 users. Rejects as `forbidden` where Zendesk has not enabled bulk import. */
  createUsers(items: readonly NewUser[]): Promise<JobStatus>;
  createUser(item: NewUser): Promise<SeenUser>;
  /** Whether Zendesk says that bulk import is off; it tells only that, by its 403 to a bulk create of nobody. */
  isBulkImportOff(): Promise<boolean>;
  /** Starts a job that changes 1 to 100 users; email, organization, role and tags are never sent. */
  updateUsers(items: readonly UserChange[]): Promise<JobStatus>;
}

/** The calls about users. */
export interface UserCalls extends UserReads, UserWrites {}

/** How many users of a search have their addresses listed, each by a request. */
const MOST_LISTED = 5;

const user = z.looseObject({ user: userWire }).transform((wire) => wire.user);
const users = z.looseObject({ users: z.array(userWire) }).transform((wire) => wire.users);
const exported = z.object({ users: z.array(userWire), ...exportMembers });

/** Makes the calls about users. */
export function userCalls(session: ZendeskSession): UserCalls {
  return { ...userReads(session), ...userWrites(session) };
}

function userReads(session: ZendeskSession): UserReads {
  return {
    async showUsers(wanted) {
      const found: SeenUser[] = [];
      for (const query of showManyQueries(wanted)) {
        const path = `users/show_many?${query}`;
        found.push(...(await session.get(users, { operation: 'show users', path })));
      }
      return found.filter(({ isActive }) => isActive);
    },
    findUser: (id) =>
      unlessGone(session.get(user, { operation: 'find a user', path: `users/${encodeURIComponent(id)}` })),
    findUsersByEmail: (email) => findUsersByEmail(session, email),
    async exportUsers(wanted) {
      const operation = 'export users';
      const path = `incremental/users/cursor?${exportQuery(wanted)}`;
      const page = await session.get(exported, { operation, path, buckets: ['incremental'] });
      return { users: page.users, ...continuationOf(page, wanted, operation) };
    },
  };
}

/**
 * Searches for the whole address in any property (Zendesk docs, Search Users): the keyword `email:` is not documented to
 * look at other than primary addresses. An address belongs to one user only, so a primary one that equals settles it.
 */
async function findUsersByEmail(session: ZendeskSession, email: string): Promise<readonly SeenUser[]> {
  const key = emailKey(email);
  const query = encodeURIComponent(`"${key.replaceAll('"', '')}"`);
  const call = { operation: 'find users by email', path: `users/search?query=${query}&per_page=100` };
  const candidates = (await session.get(users, call)).filter(({ isActive }) => isActive);
  const owners = candidates.filter((candidate) => candidate.email !== null && emailKey(candidate.email) === key);
  if (owners.length > 0) return owners;
  const identities = identityCalls(session);
  for (const candidate of candidates.slice(0, MOST_LISTED)) {
    const emails = (await identities.listUserEmails(candidate.id)) ?? [];
    if (emails.some((other) => emailKey(other) === key)) return [candidate];
  }
  return [];
}

function userWrites(session: ZendeskSession): UserWrites {
  return {
    createUsers(items) {
      assertBatch(items.length);
      const json = { users: items.map(newUserToWire) };
      const call = { operation: 'create users', path: 'users/create_many', buckets: ['jobs'] };
      return session.send(jobAnswer, { ...call, method: 'POST', json });
    },
    async isBulkImportOff() {
      const call = { operation: 'look at bulk user import', path: 'users/create_many', buckets: ['account'] };
      try {
        await session.send(z.unknown(), { ...call, method: 'POST', json: { users: [] } });
        return false;
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
        if (error.kind === 'forbidden') return true;
        if (error.kind === 'refused') return false;
        throw error;
      }
    },
    createUser(item) {
      const call = { operation: 'create a user', path: 'users', buckets: ['user-write'] };
      return session.send(user, { ...call, method: 'POST', json: { user: newUserToWire(item) } });
    },
    updateUsers(items) {
      assertBatch(items.length);
      const json = { users: items.map(userChangeToWire) };
      const call = { operation: 'update users', path: 'users/update_many', buckets: ['jobs'] };
      return session.send(jobAnswer, { ...call, method: 'PUT', json });
    },
  };
}
