import { z } from 'zod';
import type { ZendeskSession } from './session.ts';
import { unlessGone } from './unless-gone.ts';

/** The requests about the email addresses of a user. */
export interface IdentityCalls {
  /** Returns every email address of the user, including the primary one; null when the user does not exist. */
  listUserEmails(userId: string): Promise<readonly string[] | null>;
  /** Adds an address that does not become the primary one. Zendesk sends no email. */
  addUserEmail(userId: string, address: { readonly email: string; readonly verified: boolean }): Promise<void>;
}

/** The schema of a user's identity, such as an email address or a phone number. */
export const identityWire = z.looseObject({ type: z.string(), value: z.string().nullish() });

const emails = z
  .looseObject({ identities: z.array(identityWire) })
  .transform(({ identities }) =>
    identities.flatMap(({ type, value }) => (type === 'email' && typeof value === 'string' ? [value] : [])),
  );

/** Creates the requests about identities. */
export function identityCalls(session: ZendeskSession): IdentityCalls {
  return {
    listUserEmails: (userId) =>
      unlessGone(session.list(emails, { operation: 'list identities', path: identitiesOf(userId), pages: 'cursor' })),
    async addUserEmail(userId, { email, verified }) {
      const call = { operation: 'add an identity', path: identitiesOf(userId) };
      const json = { identity: { type: 'email', value: email, verified, skip_verify_email: true, primary: false } };
      await session.send(z.looseObject({ identity: identityWire }), { ...call, method: 'POST', json });
    },
  };
}

const identitiesOf = (userId: string): string => `users/${encodeURIComponent(userId)}/identities`;
