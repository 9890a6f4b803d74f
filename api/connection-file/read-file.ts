import type { ConnectionSettings, CredentialField } from '../../domain/connection/connection.ts';
import { ApiError, type Mistake } from '../api-error.ts';
import { mistakesOf } from '../mistakes.ts';
import { crossCheck, type KnownConnection } from './cross-check.ts';
import { connectionFileSchema, type CheckOrigin, type ParsedFile } from './schema.ts';
import { settingsOf } from './settings.ts';

/** A connection file, understood. `externalId` is the template that it names, if it names one. */
export interface ConnectionFile {
  readonly id: string;
  readonly name: string;
  readonly settings: ConnectionSettings;
  readonly secrets: Partial<Record<CredentialField, string>>;
  readonly externalId?: string;
}

/** The refusal of a connection file, with every mistake. */
export function refuseFile(mistakes: readonly Mistake[]): ApiError {
  return new ApiError(422, 'connection_refused', mistakes);
}

/**
 * Reads a connection file as JSON gave it. `known` is what is stored of the connection: what a file may leave out when it is
 * applied again. Throws `connection_refused` with every mistake at once.
 */
export function readConnectionFile(
  body: unknown,
  context: { readonly checkOrigin: CheckOrigin; readonly known: KnownConnection | undefined },
): ConnectionFile {
  const parsed = connectionFileSchema(context.checkOrigin).safeParse(body);
  const mistakes = [...(parsed.success ? [] : mistakesOf(parsed.error)), ...crossCheck(body, context.known)];
  if (!parsed.success || mistakes.length > 0) throw refuseFile(mistakes);
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
