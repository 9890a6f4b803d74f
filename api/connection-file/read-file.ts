import type { ConnectionSettings, CredentialField } from '../../domain/connection/connection.ts';
import { ApiError, type Mistake } from '../api-error.ts';
import { mistakesOf } from '../mistakes.ts';
import { crossCheck, type KnownConnection } from './cross-check.ts';
import { connectionFileSchema, type CheckOrigin, type ParsedFile } from './schema.ts';
import { settingsOf } from './settings.ts';

/** A valid connection file. `externalId` is its template, if the file has one. */
export interface ConnectionFile {
  readonly id: string;
  readonly name: string;
  readonly settings: ConnectionSettings;
  readonly secrets: Partial<Record<CredentialField, string>>;
  readonly externalId?: string;
}

/** Returns the error for an invalid connection file, with all mistakes. */
export function invalidFile(mistakes: readonly Mistake[]): ApiError {
  return new ApiError(422, 'connection_refused', mistakes);
}

/**
 * Reads a connection file that was parsed as JSON. `known` is the stored connection: a file that is applied again may
 * omit the secrets that are stored. Throws the ApiError `connection_refused`, which lists all mistakes.
 */
export function readConnectionFile(
  body: unknown,
  context: { readonly checkOrigin: CheckOrigin; readonly known: KnownConnection | undefined },
): ConnectionFile {
  const parsed = connectionFileSchema(context.checkOrigin).safeParse(body);
  const mistakes = [...(parsed.success ? [] : mistakesOf(parsed.error)), ...crossCheck(body, context.known)];
  if (!parsed.success || mistakes.length > 0) throw invalidFile(mistakes);
  const file = parsed.data;
  const externalId = file.sync?.externalId ?? undefined;
  return {
    id: file.id,
    name: file.name ?? file.id,
    settings: settingsOf(file, context.known?.settings),
    secrets: secretsOf(file),
    ...(externalId === undefined ? {} : { externalId }),
  };
}

function secretsOf({ dynamics, zendesk }: ParsedFile): Partial<Record<CredentialField, string>> {
  const given: Readonly<Record<CredentialField, string | null | undefined>> = {
    'dynamics.clientSecret': dynamics.clientSecret,
    'dynamics.certificate.privateKey': dynamics.certificate?.privateKey,
    'zendesk.oauthClientSecret': zendesk.oauthClientSecret,
    'zendesk.accessToken': zendesk.accessToken,
    'zendesk.refreshToken': zendesk.refreshToken,
    'zendesk.webhookSecret': zendesk.webhookSecret,
    'zendesk.formerWebhookSecret': undefined,
  };
  const present = Object.entries(given).filter(([, secret]) => secret !== null && secret !== undefined);
  return Object.fromEntries(present);
}
