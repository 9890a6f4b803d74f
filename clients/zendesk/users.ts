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
import { jobResponse, type JobStatus } from './job-wire.ts';
import type { ZendeskSession } from './session.ts';
import { unlessGone } from './unless-gone.ts';
import { newUserToWire, userChangeToWire, usersWire, userWire, type NewUser, type UserChange } from './user-wire.ts';

/** One page of the users that changed, and the position after it. */
interface UserExportPage extends ExportContinuation {
  readonly users: readonly SeenUser[];
}

/** The requests that read users. */
interface UserReads {
  /** Reads at most 100 users, in no particular order. Unknown and deleted users are absent. */
  showUsers(wanted: ManyKeys): Promise<readonly SeenUser[]>;
  /** Reads one user; null when there is no such id. A deleted user is returned too and is not active. */
  findUser(id: string): Promise<SeenUser | null>;
  /**
   * Returns the users with this email address, primary or not, ignoring case. The result may be incomplete: Zendesk's
   * search index lags behind by minutes, and only the first five users with another primary address are checked.
   */
  findUsersByEmail(email: string): Promise<readonly SeenUser[]>;
  /**
   * Reads a page of the users that changed, oldest change first. Deleted users are not active. A user may be repeated.
   */
  exportUsers(wanted: ExportWanted): Promise<UserExportPage>;
}

/** The requests that write users. Zendesk sends no email for them. */
interface UserWrites {
  /** Starts a job that creates 1 to 100 users. Rejects as `forbidden` if Zendesk has not enabled bulk import. */
  createUsers(items: readonly NewUser[]): Promise<JobStatus>;
  createUser(item: NewUser): Promise<SeenUser>;
  /**
   * Returns whether bulk import is disabled. Zendesk shows that only by a 403 for a bulk create, so it sends an empty
   * one.
   */
  isBulkImportOff(): Promise<boolean>;
  /** Starts a job that changes 1 to 100 users. It never sends the email, organization, role or tags. */
  updateUsers(items: readonly UserChange[]): Promise<JobStatus>;
}

/** The requests about users. */
export interface UserCalls extends UserReads, UserWrites {}

/** Largest number of users of a search whose addresses are listed. Each takes a request. */
const MAX_LISTED = 5;

const user = z.looseObject({ user: userWire }).transform((wire) => wire.user);
const users = z.looseObject({ users: usersWire }).transform((wire) => wire.users);
const exported = z.object({ users: usersWire, ...exportMembers });

/** Creates the requests about users. */
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
 * Searches for the whole address in any property (Zendesk docs, Search Users), because the keyword `email:` is
 * documented for primary addresses only. An address belongs to one user, so no other user is checked when a primary
 * address is equal.
 */
async function findUsersByEmail(session: ZendeskSession, email: string): Promise<readonly SeenUser[]> {
  const key = emailKey(email);
  const query = encodeURIComponent(`"${key.replaceAll('"', '')}"`);
  const call = { operation: 'find users by email', path: `users/search?query=${query}&per_page=100` };
  const candidates = (await session.get(users, call)).filter(({ isActive }) => isActive);
  const owners = candidates.filter((candidate) => candidate.email !== null && emailKey(candidate.email) === key);
  if (owners.length > 0) return owners;
  const identities = identityCalls(session);
  for (const candidate of candidates.slice(0, MAX_LISTED)) {
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
      return session.send(jobResponse, { ...call, method: 'POST', json });
    },
    async isBulkImportOff() {
      const call = { operation: 'check bulk user import', path: 'users/create_many', buckets: ['account'] };
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
      return session.send(jobResponse, { ...call, method: 'PUT', json });
    },
  };
}
