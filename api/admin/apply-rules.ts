import { defaultTemplate } from '../../domain/sync/external-id.ts';
import type { ConnectionSettings, ConnectionState, CredentialField } from '../../domain/connection/connection.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { Mistake } from '../api-error.ts';
import type { ConnectionFile } from '../connection-file/read-file.ts';

/**
 * Returns the external id template of an applied connection, or the mistake in its file. The template is chosen once. A
 * connection that got the template `{accountNumber}` because it had one legal entity must name a template before it
 * gets another legal entity.
 */
export function decideTemplate(
  file: ConnectionFile,
  stored: Connection | undefined,
): { readonly template: string } | { readonly mistake: Mistake } {
  if (file.externalId !== undefined) return { template: file.externalId };
  const { legalEntities } = file.settings.dynamics;
  if (!stored) return { template: defaultTemplate(legalEntities) };
  const before = stored.settings.dynamics.legalEntities;
  const hasShortDefault = before.length === 1 && stored.externalIdTemplate === defaultTemplate(before);
  if (!hasShortDefault || legalEntities.length === 1) return { template: stored.externalIdTemplate };
  const message =
    'must be set before the connection gets another legal entity. "{accountNumber}" keeps the external ids as they are ' +
    '(account numbers must then differ between legal entities). "{legalEntity}:{accountNumber}" changes the external ids of the linked organizations in the next run';
  return { mistake: { path: 'sync.externalId', message } };
}

/** Returns a mistake for each address that a file changes. Links to accounts would then point into another system. */
export function changedAddresses(wanted: ConnectionSettings, stored: ConnectionSettings): Mistake[] {
  const message =
    'cannot change while accounts are linked. Use a new connection id for the other system, or remove this connection first';
  const changes = {
    'dynamics.environmentUrl': wanted.dynamics.environmentUrl !== stored.dynamics.environmentUrl,
    'zendesk.subdomain': wanted.zendesk.subdomain !== stored.zendesk.subdomain,
    'zendesk.baseUrl': wanted.zendesk.baseUrl !== stored.zendesk.baseUrl,
  };
  return Object.entries(changes).flatMap(([path, isChanged]) => (isChanged ? [{ path, message }] : []));
}

/** The facts that decide the state of a connection after its file was applied. */
export interface AppliedChange {
  readonly before: ConnectionState | undefined;
  readonly hasToken: boolean;
  readonly credentialChanged: boolean;
}

/** Returns the state of a connection after its file was applied. */
export function decideState({ before, hasToken, credentialChanged }: AppliedChange): ConnectionState {
  if (before === 'paused') return 'paused';
  if (!hasToken) return 'needs_authorization';
  return before === 'needs_reconnect' && !credentialChanged ? 'needs_reconnect' : 'active';
}

/** Returns true if Ledgerdesk now signs in to a remote system with another identity or secret than before. */
export function credentialChanged(
  changed: readonly CredentialField[],
  wanted: ConnectionSettings,
  stored: ConnectionSettings | undefined,
): boolean {
  if (changed.some((field) => field !== 'zendesk.webhookSecret')) return true;
  return stored !== undefined && JSON.stringify(identityOf(wanted)) !== JSON.stringify(identityOf(stored));
}

/**
 * Returns the systems whose sign-in an applied file has replaced. Zendesk with a consent to come is not among them,
 * because there is nothing to try yet.
 */
export function systemsToTry(
  changed: readonly CredentialField[],
  wanted: ConnectionSettings,
  stored: ConnectionSettings,
): ('dynamics' | 'zendesk')[] {
  const differs = (identity: (settings: ConnectionSettings) => unknown[]): boolean =>
    JSON.stringify(identity(wanted)) !== JSON.stringify(identity(stored));
  const dynamics = changed.some((field) => field.startsWith('dynamics.')) || differs(dynamicsIdentity);
  const zendesk =
    changed.some((field) => field === 'zendesk.accessToken' || field === 'zendesk.refreshToken') ||
    (wanted.zendesk.grant === 'client_credentials' &&
      (changed.includes('zendesk.oauthClientSecret') || differs(zendeskIdentity)));
  return [...(dynamics ? (['dynamics'] as const) : []), ...(zendesk ? (['zendesk'] as const) : [])];
}

const identityOf = (settings: ConnectionSettings): unknown[] => [
  ...dynamicsIdentity(settings),
  ...zendeskIdentity(settings),
];

const zendeskIdentity = ({ zendesk }: ConnectionSettings): unknown[] => [zendesk.oauthClientId ?? null];

function dynamicsIdentity({ dynamics }: ConnectionSettings): unknown[] {
  const { tenantId, clientId, authorityHost, certificateThumbprintSha256, federatedTokenFile } = dynamics;
  return [tenantId, clientId, authorityHost, certificateThumbprintSha256, federatedTokenFile].map(
    (part) => part ?? null,
  );
}
