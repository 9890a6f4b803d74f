import type { ConnectionSettings } from '../../domain/connection/connection.ts';

/** Returns the redirect URL that the OAuth client in Zendesk must have. */
export function consentCallback(publicUrl: string): string {
  return `${publicUrl}/oauth/zendesk/callback`;
}

/** What decides how a connection gets its access to Zendesk. `callbackUrl`: the redirect URL of its OAuth client. */
export interface ZendeskAccess {
  readonly id: string;
  readonly zendesk: ConnectionSettings['zendesk'];
  readonly hasToken: boolean;
  readonly hasRefreshToken: boolean;
  readonly callbackUrl: string;
}

/**
 * Returns the next step towards access to Zendesk that renews itself; undefined when nothing is left to do. A token that
 * somebody pasted is not such an access: Zendesk ends it after 30 minutes to 48 hours (article 10212201463962).
 */
export function nextZendeskStep(access: ZendeskAccess): string | undefined {
  const { id, zendesk, hasToken, hasRefreshToken, callbackUrl } = access;
  if (zendesk.grant === 'client_credentials') return undefined;
  if (hasToken && hasRefreshToken && zendesk.oauthClientId !== undefined) return undefined;
  const step = zendesk.oauthClientId === undefined ? withoutClient(access) : withClient(id, callbackUrl);
  return hasToken ? `${PASTED} ${step}` : step;
}

/** Returns how a connection gets an OAuth client. */
export function withoutClient({ id, callbackUrl }: Pick<ZendeskAccess, 'id' | 'callbackUrl'>): string {
  return (
    'Create an OAuth client in Zendesk (Admin Center > Apps and integrations > APIs > OAuth clients) with the redirect URL ' +
    `${callbackUrl}. Set its identifier and secret as zendesk.oauthClientId and zendesk.oauthClientSecret in the connection file. ` +
    `Then run: ledgerdesk connection apply FILE, and: ledgerdesk connection authorize ${id}`
  );
}

function withClient(id: string, callbackUrl: string): string {
  return `Run: ledgerdesk connection authorize ${id}. The OAuth client in Zendesk must have the redirect URL ${callbackUrl}`;
}

const PASTED =
  'The access token from the file is for trying: Zendesk ends it within two days at the latest, and Ledgerdesk cannot renew it.';
