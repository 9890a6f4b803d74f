import { constants, createPublicKey, verify } from 'node:crypto';
import { Refusal } from './refusal.ts';
import type { EntraSettings } from './settings.ts';

const FEDERATED_AUDIENCE = 'api://AzureADTokenExchange';

/** The context in which an assertion is validated. `now` is the time by the clock of the authority. */
export interface AssertionContext {
  readonly clientId: string;
  readonly tokenPath: string;
  readonly settings: EntraSettings;
  readonly now: Date;
}

/** Throws unless the assertion is signed by one of the app's keys, or comes from a workload identity that it trusts. */
export function requireValidAssertion(
  assertion: string,
  { clientId, tokenPath, settings, now }: AssertionContext,
): void {
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  const claims = claimsOf(payload);
  requireValidNow(claims, now);
  const isFederated = settings.federatedCredentials.some(
    ({ issuer, subject }) => claims['iss'] === issuer && claims['sub'] === subject,
  );
  if (isFederated && audiencesOf(claims).includes(FEDERATED_AUDIENCE)) return;
  if (claims['iss'] !== clientId || claims['sub'] !== clientId) throw badAssertion('its issuer is not the app');
  if (!audiencesOf(claims).some((audience) => String(audience).endsWith(tokenPath)))
    throw badAssertion('its audience is not the token endpoint');
  const signed = { text: `${header}.${payload}`, signature: Buffer.from(signature, 'base64url'), header };
  if (!settings.assertionKeys.some((key) => isSignedBy(key, signed))) throw badAssertion('its signature is not known');
}

/** MSAL rounds its times to seconds. Entra's docs name no tolerance, so there is no other one. */
const ROUNDING_S = 1;

/** Throws if the times of an assertion do not include now. */
function requireValidNow({ nbf, exp }: Readonly<Record<string, unknown>>, now: Date): void {
  const nowS = now.getTime() / 1000;
  const isValid = typeof exp === 'number' && exp >= nowS && (typeof nbf !== 'number' || nbf <= nowS + ROUNDING_S);
  if (isValid) return;
  const text = `Client assertion is not within its valid time range. Current time: ${now.toISOString()}.`;
  throw new Refusal({ status: 401, error: 'invalid_client', number: 700024, text });
}

function isSignedBy(
  key: string,
  { text, signature, header }: { text: string; signature: Buffer; header: string },
): boolean {
  const isPss = claimsOf(header)['alg'] === 'PS256';
  const padding = isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  return verify('sha256', Buffer.from(text), { key: createPublicKey(key), padding }, signature);
}

function audiencesOf(claims: Readonly<Record<string, unknown>>): unknown[] {
  return [claims['aud']].flat();
}

function claimsOf(part: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}

function badAssertion(why: string): Refusal {
  const text = `Client assertion failed validation: ${why}.`;
  return new Refusal({ status: 401, error: 'invalid_client', number: 700027, text });
}
