import { requireValidAssertion } from './assertion.ts';
import { Refusal } from './refusal.ts';
import type { EntraSettings } from './settings.ts';
import type { TokenGrant } from './tokens.ts';

/** The tenant, its app, and the resources that it knows. */
export interface Registration {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Origins. */
  readonly resources: readonly string[];
}

/** The context in which a token request is validated. */
export interface TokenRequestContext {
  readonly registration: Registration;
  readonly settings: EntraSettings;
  /** The path that the request was sent to. */
  readonly tokenPath: string;
  /** The time by the clock of the authority. */
  readonly now: Date;
}

/** Throws when the tenant is not the registered one. */
export function requireTenant(tenant: string, { tenantId }: Registration): void {
  if (tenant.toLowerCase() === tenantId.toLowerCase()) return;
  const text = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`;
  throw new Refusal({ status: 400, error: 'invalid_request', number: 90002, text });
}

/** Validates the form of a client credentials request. Throws Entra's refusal. Unknown fields are ignored. */
export function grantOf(form: Readonly<Record<string, unknown>>, context: TokenRequestContext): TokenGrant {
  const { registration, settings } = context;
  const { tenantId, clientId } = registration;
  const grantType = field(form, 'grant_type');
  if (grantType !== 'client_credentials')
    throw refused(
      { status: 400, error: 'unsupported_grant_type', number: 70003 },
      `The app requested an unsupported grant type '${grantType}'.`,
    );
  const requested = field(form, 'client_id');
  if (requested.toLowerCase() !== clientId.toLowerCase()) {
    const text = `Application with identifier '${requested}' was not found in the directory '${tenantId}'.`;
    throw refused({ status: 400, error: 'unauthorized_client', number: 700016 }, text);
  }
  requireCredential(form, context);
  if (settings.blockedByConditionalAccess) {
    const text =
      'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.';
    throw refused({ status: 400, error: 'invalid_grant', number: 53003 }, text);
  }
  return { audience: audienceOf(field(form, 'scope'), context), clientId, tenantId };
}

function requireCredential(form: Readonly<Record<string, unknown>>, context: TokenRequestContext): void {
  const { registration, settings, tokenPath } = context;
  const { clientId, clientSecret } = registration;
  const assertion = form['client_assertion'];
  if (typeof assertion === 'string') {
    requireValidAssertion(assertion, { clientId, tokenPath, settings, now: context.now });
    return;
  }
  if (form['client_secret'] === undefined) {
    const text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    throw refused({ status: 401, error: 'invalid_client', number: 7000218 }, text);
  }
  if (form['client_secret'] !== clientSecret) {
    const text = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`;
    throw refused({ status: 401, error: 'invalid_client', number: 7000215 }, text);
  }
  if (settings.secretExpired)
    throw refused(
      { status: 401, error: 'invalid_client', number: 7000222 },
      `The provided client secret keys for app '${clientId}' are expired.`,
    );
}

/** Returns the audience as requested. One with an extra slash is another audience, which F&O then refuses. */
function audienceOf(scope: string, { registration, settings }: TokenRequestContext): string {
  const suffix = '/.default';
  if (!scope.endsWith(suffix) || scope.includes(' ')) {
    const text = `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`;
    throw refused({ status: 400, error: 'invalid_scope', number: 1002012 }, text);
  }
  const audience = scope.slice(0, -suffix.length);
  const origin = audience.replace(/\/+$/, '').toLowerCase();
  const known = [...registration.resources, ...settings.furtherResources].map((resource) => resource.toLowerCase());
  if (known.includes(origin)) return audience;
  const text = `The resource principal named ${audience} was not found in the tenant named ${registration.tenantId}.`;
  throw refused({ status: 400, error: 'invalid_resource', number: 500011 }, text);
}

function field(form: Readonly<Record<string, unknown>>, name: string): string {
  const value = form[name];
  if (typeof value === 'string' && value !== '') return value;
  throw refused(
    { status: 400, error: 'invalid_request', number: 900144 },
    `The request body must contain the following parameter: '${name}'.`,
  );
}

function refused(code: { status: number; error: string; number: number }, text: string): Refusal {
  return new Refusal({ ...code, text });
}
