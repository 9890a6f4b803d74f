import type { EntitySpec } from '../entity-spec.ts';
import type { ReviewSettings } from './review-settings.ts';
import type { AnnotationTarget } from '../support/annotation-target.ts';
import type { StatusSettings } from '../support/support-status.ts';

/** The state of a connection: it works, it waits for a person (`needs_…`), or a person paused it. */
export type ConnectionState = 'active' | 'needs_authorization' | 'needs_reconnect' | 'paused';

/** The names of a connection's secrets. They are stored sealed, and the API never returns them. */
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
 * The name of one secret, which is also its path in the connection file. The former webhook secret is not in the file.
 * It is stored as long as deliveries signed with it may arrive.
 */
export type CredentialField = (typeof CREDENTIAL_FIELDS)[number];

/** The mapping of a business event: the kind of its record, and the members with its company and key. */
export interface EventMapping {
  readonly record: string;
  readonly legalEntity: string;
  readonly key: string;
}

/**
 * A connection's settings without its secrets: the connection file with every default filled in. Origins have no
 * trailing slash. Legal entities are lower case. An empty list means all that the ERP user can read. Durations are
 * milliseconds. `share` is the part of Zendesk's rate limit that is left to other apps (0 to 1). `entities` are
 * additional entities.
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
  readonly review?: ReviewSettings | undefined;
  readonly entities?: readonly EntitySpec[] | undefined;
}
