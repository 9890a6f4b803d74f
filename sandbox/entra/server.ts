import type { Clock } from '../core/clock.ts';
import type { Reply, SandboxRequest } from '../core/exchange.ts';
import type { Faults } from '../core/faults.ts';
import type { Journal } from '../core/journal.ts';
import { startListener, type Reach } from '../core/listener.ts';
import { Refusal, refusalBody } from './refusal.ts';
import type { EntraSettings } from './settings.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import type { Registration } from './token-request.ts';
import { grantOf, requireTenant } from './token-request.ts';
import type { Tokens } from './tokens.ts';

/** The options of the authority. */
export interface EntraOptions extends Reach {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Shared with F&O, which checks the tokens. */
  readonly tokens: Tokens;
  readonly registration: Registration;
}

/** The running authority. */
export interface Entra {
  readonly url: string;
  readonly port: number;
  /** May be changed at any time. */
  readonly settings: EntraSettings;
  close(): Promise<void>;
}

interface Authority extends EntraOptions {
  readonly settings: EntraSettings;
}

const TOKEN_PATH = /^\/([^/]+)\/oauth2\/v2\.0\/token$/;
const CONFIGURATION_PATH = /^\/([^/]+)(?:\/v2\.0)?\/\.well-known\/openid-configuration$/;

/** Starts a token server for the client credentials flow, with one tenant and one app. */
export async function startEntra(options: EntraOptions): Promise<Entra> {
  const settings: EntraSettings = { ...DEFAULT_SETTINGS };
  const authority = { ...options, settings };
  const listener = await startListener({
    system: 'entra',
    handler: (request) => handle(authority, request),
    nameOperation: (_method, path) => operationOf(path),
    ...options,
  });
  return { url: listener.url, port: listener.port, settings, close: () => listener.close() };
}

function operationOf(path: string): string {
  if (TOKEN_PATH.test(path)) return 'token';
  return CONFIGURATION_PATH.test(path) ? 'openid_configuration' : 'unknown';
}

function handle(authority: Authority, request: SandboxRequest): Reply {
  const operation = operationOf(request.path);
  const headers = { 'cache-control': 'no-store', pragma: 'no-cache' };
  try {
    const body = bodyFor(authority, request);
    if (!body) return { status: 404, operation };
    return { status: 200, headers, body, operation };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, headers, body: refusalBody(error, authority.clock.now()), operation };
  }
}

function bodyFor(authority: Authority, request: SandboxRequest): object | undefined {
  const { method, path, origin } = request;
  const configured = method === 'GET' ? CONFIGURATION_PATH.exec(path)?.[1] : undefined;
  if (configured !== undefined) return configuration(authority, configured, origin);
  const tenant = method === 'POST' ? TOKEN_PATH.exec(path)?.[1] : undefined;
  if (tenant === undefined) return undefined;
  const { registration, settings, tokens } = authority;
  requireTenant(tenant, registration);
  const form = typeof request.body === 'object' && request.body !== null ? { ...request.body } : {};
  const grant = grantOf(form, { registration, settings, tokenPath: path, now: authority.clock.ofClient() });
  const expires = { expires_in: settings.tokenLifetimeSeconds, ext_expires_in: settings.tokenLifetimeSeconds };
  return { token_type: 'Bearer', ...expires, access_token: tokens.issue(grant, settings.tokenLifetimeSeconds) };
}

function configuration({ registration }: Authority, tenant: string, origin: string): object {
  requireTenant(tenant, registration);
  const base = `${origin}/${tenant}`;
  return {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    response_types_supported: ['code', 'id_token'],
    scopes_supported: ['openid'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}
