import { defaultTemplate } from '../../domain/sync/external-id.ts';
import type { ConnectionSettings, ConnectionState, CredentialField } from '../../domain/connection/connection.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { Mistake } from '../api-error.ts';
import type { ConnectionFile } from '../connection-file/read-file.ts';

/**
 * The external id template of a connection that is applied, or why it cannot be decided: it is chosen once, so a connection
 * whose template is bare because it had one legal entity must say what it wants before it gets another.
 */
export function decideTemplate(
  file: ConnectionFile,
  stored: Connection | undefined,
): { readonly template: string } | { readonly mistake: Mistake } {
  if (file.externalId !== undefined) return { template: file.externalId };
  const { legalEntities } = file.settings.dynamics;
  if (!stored) return { template: defaultTemplate(legalEntities) };
  const before = stored.settings.dynamics.legalEntities;
  const wasBare = before.length === 1 && stored.externalIdTemplate === defaultTemplate(before);
  if (!wasBare || legalEntities.length === 1) return { template: stored.externalIdTemplate };
  const message =
    'must be named before the connection gets a further legal entity: "{accountNumber}" keeps the external ids as they are ' +
    '(account numbers must then differ between legal entities), "{legalEntity}:{accountNumber}" re-keys the linked organizations in the next run';
  return { mistake: { path: 'sync.externalId', message } };
}

/** The addresses that a file would change although accounts are linked: the links would point into another system. */
export function movedAddresses(wanted: ConnectionSettings, stored: ConnectionSettings): Mistake[] {
  const message =
    'cannot change while accounts are linked: take a new id for the other system, or remove this connection first';
  const moved = {
    'dynamics.environmentUrl': wanted.dynamics.environmentUrl !== stored.dynamics.environmentUrl,
    'zendesk.subdomain': wanted.zendesk.subdomain !== stored.zendesk.subdomain,
    'zendesk.baseUrl': wanted.zendesk.baseUrl !== stored.zendesk.baseUrl,
  };
  return Object.entries(moved).flatMap(([path, isMoved]) => (isMoved ? [{ path, message }] : []));
}

/** What an apply found, for judging the state that follows. */
export interface Applied {
  readonly before: ConnectionState | undefined;
  readonly hasToken: boolean;
  readonly credentialChanged: boolean;
}

/** The state of a connection after its file was applied. */
export function decideState({ before, hasToken, credentialChanged }: Applied): ConnectionState {
  if (before === 'paused') return 'paused';
  if (!hasToken) return 'needs_authorization';
  return before === 'needs_reconnect' && !credentialChanged ? 'needs_reconnect' : 'active';
}

/** Whether a far system is now told something else about who we are than before. */
export function credentialChanged(
  changed: readonly CredentialField[],
  wanted: ConnectionSettings,
  stored: ConnectionSettings | undefined,
): boolean {
  if (changed.some((field) => field !== 'zendesk.webhookSecret')) return true;
  return stored !== undefined && JSON.stringify(identityOf(wanted)) !== JSON.stringify(identityOf(stored));
}

function identityOf({ dynamics, zendesk }: ConnectionSettings): unknown[] {
  const { tenantId, clientId, authorityHost, certificateThumbprintSha256, federatedTokenFile } = dynamics;
  return [
    tenantId,
    clientId,
    authorityHost,
    certificateThumbprintSha256,
    federatedTokenFile,
    zendesk.oauthClientId,
  ].map((part) => part ?? null);
}
