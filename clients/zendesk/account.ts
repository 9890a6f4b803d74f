import { z } from 'zod';
import { wireId } from './ids.ts';
import type { ZendeskSession } from './session.ts';

/** The calls about the token in use and its account. */
export interface AccountCalls {
  /** Who the token is; null when Zendesk takes it for an anonymous visitor, as it does some wrong tokens. */
  currentUser(): Promise<{ readonly id: string; readonly role: string } | null>;
  /** The scopes of the token, such as `read` and `organizations:write`. */
  tokenScopes(): Promise<readonly string[]>;
  /** Whether a user may belong to several organizations; null when Zendesk does not say. */
  accountSettings(): Promise<{ readonly multipleOrganizations: boolean | null }>;
}

const me = z.looseObject({ user: z.looseObject({ id: wireId.nullable(), role: z.string().nullish() }) });

const current = z.looseObject({ token: z.looseObject({ scopes: z.array(z.string()) }) });

const settings = z.looseObject({
  settings: z.looseObject({
    user: z.looseObject({ multiple_organizations: z.boolean().nullish() }).nullish(),
  }),
});

/** Makes the calls about the account. */
export function accountCalls(session: ZendeskSession): AccountCalls {
  return {
    async currentUser() {
      const { user } = await session.get(me, { operation: 'read the current user', path: 'users/me' });
      return user.id === null ? null : { id: user.id, role: user.role ?? '' };
    },
    async tokenScopes() {
      const call = { operation: 'read the scopes of the token', path: 'oauth/tokens/current' };
      return (await session.get(current, call)).token.scopes;
    },
    async accountSettings() {
      const call = { operation: 'read the account settings', path: 'account/settings' };
      const { user } = (await session.get(settings, call)).settings;
      return { multipleOrganizations: user?.multiple_organizations ?? null };
    },
  };
}
