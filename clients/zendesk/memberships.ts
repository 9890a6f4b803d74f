import { z } from 'zod';
import { assertBatch } from './batches.ts';
import { idToWire, wireId } from './ids.ts';
import { jobResponse, type JobStatus } from './job-wire.ts';
import type { ZendeskSession } from './session.ts';
import { unlessGone } from './unless-gone.ts';

/** The user and the organization of a membership. */
export interface MembershipKey {
  readonly userId: string;
  readonly organizationId: string;
}

/** A membership of a user. The organization of the default one is the user's `organization_id`. */
interface SeenMembership {
  readonly organizationId: string;
  readonly isDefault: boolean;
}

/** The requests about memberships. */
export interface MembershipCalls {
  /** Rejects as `missing` when the user does not exist. */
  listMemberships(userId: string): Promise<readonly SeenMembership[]>;
  addMembership(membership: MembershipKey): Promise<void>;
  /** Starts a job that adds 1 to 100 memberships. */
  addMemberships(items: readonly MembershipKey[]): Promise<JobStatus>;
  /** Removes a membership. Succeeds also when the membership, user or organization does not exist. */
  removeMembership(membership: MembershipKey): Promise<void>;
}

/** The schema of a membership. */
export const membershipWire = z
  .looseObject({ organization_id: wireId, default: z.boolean().nullish() })
  .transform((wire): SeenMembership => ({ organizationId: wire.organization_id, isDefault: wire.default === true }));

const memberships = z
  .looseObject({ organization_memberships: z.array(membershipWire) })
  .transform((wire) => wire.organization_memberships);

/** Creates the requests about memberships. */
export function membershipCalls(session: ZendeskSession): MembershipCalls {
  return {
    listMemberships: (userId) => {
      const path = `users/${encodeURIComponent(userId)}/organization_memberships`;
      return session.list(memberships, { operation: 'list memberships', path, pages: 'cursor' });
    },
    async addMembership(item) {
      const call = { operation: 'add a membership', path: 'organization_memberships' };
      const json = { organization_membership: toWire(item) };
      const schema = z.looseObject({ organization_membership: membershipWire });
      await session.send(schema, { ...call, method: 'POST', json });
    },
    addMemberships(items) {
      assertBatch(items.length);
      const json = { organization_memberships: items.map(toWire) };
      const call = { operation: 'add memberships', path: 'organization_memberships/create_many', buckets: ['jobs'] };
      return session.send(jobResponse, { ...call, method: 'POST', json });
    },
    async removeMembership({ userId, organizationId }) {
      const path = `users/${encodeURIComponent(userId)}/organizations/${encodeURIComponent(organizationId)}`;
      await unlessGone(session.remove({ operation: 'remove a membership', path }));
    },
  };
}

function toWire({ userId, organizationId }: MembershipKey): object {
  return { user_id: idToWire(userId), organization_id: idToWire(organizationId) };
}
