import type { ConnectionSettings, CredentialField } from '../../domain/connection/connection.ts';
import type { Mistake } from '../api-error.ts';

/** A stored connection whose file is applied again. `secrets` holds the names of its stored secrets. */
export interface KnownConnection {
  readonly settings: ConnectionSettings;
  readonly secrets: ReadonlySet<CredentialField>;
}

/**
 * Returns the errors that concern several fields. It checks the raw file, so that they are listed with all other
 * errors.
 */
export function crossCheck(body: unknown, known: KnownConnection | undefined): Mistake[] {
  const dynamics = member(body, 'dynamics');
  const zendesk = member(body, 'zendesk');
  return [
    ...(isObject(dynamics) ? checkCredential(dynamics, known) : []),
    ...checkBaseUrl(member(zendesk, 'subdomain'), member(zendesk, 'baseUrl')),
  ];
}

const CREDENTIALS = ['clientSecret', 'certificate', 'federatedTokenFile'] as const;
const PRIVATE_KEY_PATH = 'dynamics.certificate.privateKey';

function checkCredential(dynamics: object, known: KnownConnection | undefined): Mistake[] {
  const given = CREDENTIALS.filter((name) => isGiven(member(dynamics, name)));
  if (given.length > 1) {
    return [
      { path: 'dynamics', message: `must hold only one of ${CREDENTIALS.join(', ')}, not ${given.join(' and ')}` },
    ];
  }
  if (given.length === 0) {
    return known ? [] : [{ path: 'dynamics', message: `must hold one of ${CREDENTIALS.join(', ')}` }];
  }
  const certificate = member(dynamics, 'certificate');
  const lacksKey = isObject(certificate) && !isGiven(member(certificate, 'privateKey'));
  if (!lacksKey || known?.secrets.has(PRIVATE_KEY_PATH)) return [];
  return [{ path: PRIVATE_KEY_PATH, message: 'is missing' }];
}

/** A host under zendesk.com must match the subdomain. Every other host is one that the operator has allowed. */
function checkBaseUrl(subdomain: unknown, baseUrl: unknown): Mistake[] {
  if (typeof subdomain !== 'string' || typeof baseUrl !== 'string' || !URL.canParse(baseUrl)) return [];
  const { hostname } = new URL(baseUrl);
  const own = `${subdomain.trim().toLowerCase()}.zendesk.com`;
  if (!hostname.endsWith('.zendesk.com') || hostname === own) return [];
  return [{ path: 'zendesk.baseUrl', message: `must be https://${own}, the address of zendesk.subdomain` }];
}

function member(value: unknown, name: string): unknown {
  return isObject(value) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
