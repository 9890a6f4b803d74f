import type { AccountKind } from '../accounts/account.ts';
import type { RecordKind } from '../sync/record.ts';
import type { StatusSettings } from '../support/support-status.ts';

/** Whether a connection may work: `needs_…` wait for a person, `paused` was asked for. */
export type ConnectionState = 'active' | 'needs_authorization' | 'needs_reconnect' | 'paused';

/** The secrets of a connection; each is sealed on arrival and never given back. */
export const CREDENTIAL_FIELDS = [
  'dynamics.clientSecret',
  'dynamics.certificate.privateKey',
  'zendesk.oauthClientSecret',
  'zendesk.accessToken',
  'zendesk.refreshToken',
  'zendesk.webhookSecret',
  'zendesk.formerWebhookSecret',
] as const;

/**
 * Name of one secret of a connection, which is also its path in the connection file; the former webhook secret stands in
 * none: it is kept while deliveries signed with it may still be on their way.
 */
export type CredentialField = (typeof CREDENTIAL_FIELDS)[number];

/** Where and how the ERP account's annotation is written. */
export interface AnnotationTarget {
  readonly entitySet: string;
  readonly field: string;
  readonly mode: 'block' | 'replace' | 'append';
  readonly fields?: Readonly<Record<string, string>> | undefined;
  readonly maxLength?: number | undefined;
}

/** What a business event is about: the kind of record, and the members that hold its company and key. */
export interface EventMapping {
  readonly record: 'customer' | 'vendor' | 'contact';
  readonly legalEntity: string;
  readonly key: string;
}

/**
 * A connection's settings without its secrets: the connection file with every default filled in.
 * Origins have no trailing slash; legal entities are lower case, empty for "all that the ERP user can read";
 * durations are milliseconds; `share` is the part of Zendesk's rate limit that is left to others (0 to 1).
 */
export interface ConnectionSettings {
  readonly dynamics: {
    readonly environmentUrl: string;
    readonly tenantId: string;
    readonly clientId: string;
    readonly authorityHost: string;
    readonly legalEntities: readonly string[];
    readonly certificateThumbprintSha256?: string | undefined;
    readonly federatedTokenFile?: string | undefined;
    readonly entitySets: { readonly customers: string; readonly vendors: string; readonly contacts: string };
    readonly events: Readonly<Record<string, EventMapping>>;
  };
  readonly zendesk: {
    readonly subdomain: string;
    readonly baseUrl: string;
    readonly oauthClientId?: string | undefined;
    readonly grant: 'authorization_code' | 'client_credentials';
    readonly share: number;
  };
  readonly sync: {
    readonly customers: boolean;
    readonly vendors: boolean;
    readonly contacts: boolean;
    readonly adopt: 'by-name' | 'never';
    readonly contactExternalId: string;
    readonly sharedMailbox: 'first' | 'reject';
    readonly secondaryEmailVerified: boolean;
    readonly everyMs: number;
    readonly reconcileEveryMs: number;
  };
  readonly annotation: {
    readonly customers: AnnotationTarget;
    readonly vendors: AnnotationTarget;
    readonly status: StatusSettings;
  };
  readonly support: { readonly since?: string | undefined };
}

/** The kinds of record that a connection synchronises, in the order in which they are read and written. */
export function kindsOf(settings: ConnectionSettings): readonly RecordKind[] {
  return settings.sync.contacts ? [...accountKindsOf(settings), 'contact'] : accountKindsOf(settings);
}

/** The kinds of account among them. */
export function accountKindsOf(settings: ConnectionSettings): readonly AccountKind[] {
  const kinds: AccountKind[] = [];
  if (settings.sync.customers) kinds.push('customer');
  if (settings.sync.vendors) kinds.push('vendor');
  return kinds;
}
