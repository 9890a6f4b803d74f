import type { Tokens } from '../entra/tokens.ts';
import { NAMESPACE } from './enumerations.ts';
import { Refusal } from './refusal.ts';
import type { DynamicsSettings } from './settings.ts';

/** The context in which the bearer token of a request is checked. */
export interface AuthorizationContext {
  readonly tokens: Tokens;
  readonly settings: DynamicsSettings;
  /** The origin of the environment, which must be the audience of the token. */
  readonly origin: string;
}

/**
 * Throws a 401 for a missing, expired or foreign token. Throws the status of the settings when the app is not mapped.
 */
export function requireAuthorized(authorization: string | undefined, context: AuthorizationContext): void {
  const { tokens, settings, origin } = context;
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  const grant = token === undefined ? undefined : tokens.find(token);
  if (!grant) throw new Refusal(401, undefined);
  if (grant.audience.toLowerCase() !== origin.toLowerCase()) throw new Refusal(401, UNAUTHORIZED_PAGE);
  if (settings.unmappedAppStatus === 401) throw new Refusal(401, undefined);
  if (settings.unmappedAppStatus === 403) throw new Refusal(403, { Message: FORBIDDEN });
}

/** The challenge that names the authority, as in the live service. */
export const CHALLENGE = 'Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize';

const FORBIDDEN = `Authorization has been denied for this request (${NAMESPACE.split('.').slice(0, 2).join('.')}).`;

const UNAUTHORIZED_PAGE =
  '<!DOCTYPE html><html><head><title>401 - Unauthorized</title></head><body><h2>401 - Unauthorized: Access is denied due to invalid credentials.</h2></body></html>';
