import { z } from 'zod';
import { wireId } from './ids.ts';
import type { ZendeskSession } from './session.ts';

/** The requests about the access token and its account. */
export interface AccountCalls {
  /**
   * Returns the user of the token; null when Zendesk treats an invalid token as an anonymous visitor, as it does for
   * some.
   */
  currentUser(): Promise<{ readonly id: string; readonly role: string } | null>;
  /** Returns the scopes of the token, such as `read` and `organizations:write`. */
  tokenScopes(): Promise<readonly string[]>;
  /** Returns the time by Zendesk's clock, from the date of an answer: ISO-8601 UTC; null if the answer has no date. */
  serverTime(): Promise<string | null>;
  /** Returns when the token expires, as ISO-8601; null when it does not, or Zendesk does not report it. */
  tokenExpiry(): Promise<string | null>;
  /** Returns whether a user may belong to several organizations; null when Zendesk does not report it. */
  accountSettings(): Promise<{ readonly multipleOrganizations: boolean | null }>;
  /** Returns whether the account keeps tags of organizations and users; null when Zendesk does not report it. */
  isTaggingOn(): Promise<boolean | null>;
}

const me = z.looseObject({ user: z.looseObject({ id: wireId.nullable(), role: z.string().nullish() }) });

const current = z.looseObject({
  token: z.looseObject({ scopes: z.array(z.string()), expires_at: z.string().nullish() }),
});

const settings = z.looseObject({
  settings: z.looseObject({
    user: z.looseObject({ multiple_organizations: z.boolean().nullish(), tagging: z.boolean().nullish() }).nullish(),
  }),
});

/** Creates the requests about the token and its account. */
export function accountCalls(session: ZendeskSession): AccountCalls {
  const readUserSettings = async () => {
    const call = { operation: 'read the account settings', path: 'account/settings' };
    return (await session.get(settings, call)).settings.user;
  };
  return {
    async currentUser() {
      const { user } = await session.get(me, { operation: 'read the current user', path: 'users/me' });
      return user.id === null ? null : { id: user.id, role: user.role ?? '' };
    },
    async tokenScopes() {
      const call = { operation: 'read the scopes of the token', path: 'oauth/tokens/current' };
      return (await session.get(current, call)).token.scopes;
    },
    async serverTime() {
      const call = { operation: 'read the time', path: 'account/settings' };
      return (await session.getDated(settings, call)).at;
    },
    async tokenExpiry() {
      const call = { operation: 'read the expiry of the token', path: 'oauth/tokens/current' };
      return (await session.get(current, call)).token.expires_at ?? null;
    },
    async accountSettings() {
      return { multipleOrganizations: (await readUserSettings())?.multiple_organizations ?? null };
    },
    async isTaggingOn() {
      return (await readUserSettings())?.tagging ?? null;
    },
  };
}
