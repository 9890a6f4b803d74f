import {
  describeBody,
  isSuccess,
  kindOfStatus,
  member,
  textMember,
  type AdviceNames,
  type ClassifyError,
} from '../classify.ts';

const SECRETS_PAGE = 'App registrations > Certificates & secrets';

const APPLY = 'run `ledgerdesk connection apply FILE`';

/**
 * The advice for Entra's error codes (Microsoft docs, "Microsoft Entra authentication and authorization error codes").
 */
const ADVICE = new Map<string, (names: AdviceNames) => string>([
  [
    '7000215',
    (n) =>
      `The client secret of app ${app(n)} is wrong. Create a new one under ${SECRETS_PAGE}, set it in the connection file, and ${APPLY}.`,
  ],
  [
    '7000222',
    (n) =>
      `The client secret of app ${app(n)} has expired. Create a new one under ${SECRETS_PAGE}, set it in the connection file, and ${APPLY}.`,
  ],
  [
    '700027',
    (n) =>
      `The certificate or assertion of app ${app(n)} is not registered. Upload it under ${SECRETS_PAGE}, or set the registered one in the connection file and ${APPLY}.`,
  ],
  [
    '700016',
    (n) =>
      `Tenant ${tenant(n)} has no app ${app(n)}. Check clientId and tenantId in the connection file, then ${APPLY}.`,
  ],
  [
    '90002',
    (n) => `There is no tenant ${tenant(n)}. Check tenantId and authorityHost in the connection file, then ${APPLY}.`,
  ],
  [
    '500011',
    (n) =>
      `Entra does not know the environment ${n.environment ?? '(see the connection)'}. Check environmentUrl in the connection file, then ${APPLY}.`,
  ],
  ['53003', blockedByPolicy],
  ['530035', blockedByPolicy],
  // The credential is right: the times in the assertion are those of this machine.
  [
    '700024',
    () =>
      'Synchronize the clock of the machine that runs Ledgerdesk with a time server. Entra finds that the signed assertion, which carries the time of this clock, is not valid now. The credentials need no change. With a federated token file, check also that the file is renewed.',
  ],
  ['7000218', (n) => `Set the client secret or the certificate of app ${app(n)} in the connection file, and ${APPLY}.`],
  ['700213', untrustedIdentity],
  ['700211', untrustedIdentity],
  ['700212', untrustedIdentity],
  [
    '7000112',
    (n) => `App ${app(n)} is disabled in tenant ${tenant(n)}. Ask the tenant's administrator to enable it again.`,
  ],
  [
    '500014',
    () => `Dynamics 365 is disabled in the tenant. Ask the tenant's administrator to enable its service principal.`,
  ],
  ['900023', (n) => `"${tenant(n)}" is not a tenant. Check tenantId in the connection file, then ${APPLY}.`],
  [
    '50034',
    (n) =>
      `Tenant ${tenant(n)} does not know the account. Check tenantId, clientId and authorityHost in the connection file, then ${APPLY}.`,
  ],
]);

/**
 * Entra's codes for a temporary failure. They do not mean that the configuration is wrong: 90033 and 90006 (a service is
 * temporarily unavailable), 90024 (a transient error of the request budget), 50196 (too many equal requests).
 */
const TEMPORARY = /^(temporarily_unavailable|server_error)$|^(90033|90006|90024|50196)$/;

function blockedByPolicy(names: AdviceNames): string {
  return `A Conditional Access policy blocks app ${app(names)}. Ask the tenant's administrator to exempt it.`;
}

function untrustedIdentity(names: AdviceNames): string {
  return `App ${app(names)} trusts no workload identity with this issuer, subject and audience. Add it under ${SECRETS_PAGE} > Federated credentials.`;
}

function app(names: AdviceNames): string {
  return names.clientId ?? '(see the connection)';
}

function tenant(names: AdviceNames): string {
  return names.tenantId ?? '(see the connection)';
}

/**
 * Classifies a failure of Entra's token endpoint: `{error, error_description, error_codes, trace_id}`. An OAuth error
 * is `unauthorized`, whatever its status: the app, secret, tenant or environment in the connection is wrong.
 */
export const classifyEntraError: ClassifyError = (response) => {
  if (isSuccess(response.status)) return undefined;
  const { body, names } = response;
  const error = textMember(body, 'error');
  const number = errorNumber(body);
  const byStatus = kindOfStatus(response);
  const isRefusal =
    error !== undefined && response.status < 500 && byStatus !== 'limited' && byStatus !== 'unavailable';
  const isTemporary = TEMPORARY.test(error ?? '') || TEMPORARY.test(number ?? '');
  const kind = !isRefusal ? byStatus : isTemporary ? 'unavailable' : 'unauthorized';
  const advice =
    kind === 'missing' ? wrongAuthority(names) : kind === 'unauthorized' ? ADVICE.get(number ?? '') : undefined;
  return {
    kind,
    code: number === undefined ? (error ?? null) : `AADSTS${number}`,
    detail: firstSentences(textMember(body, 'error_description')) ?? error ?? describeBody(response),
    requestId: textMember(body, 'trace_id') ?? textMember(body, 'correlation_id'),
    advice: typeof advice === 'function' ? advice(names) : advice,
  };
};

function errorNumber(body: unknown): string | undefined {
  const codes = member(body, 'error_codes');
  const first: unknown = Array.isArray(codes) ? codes[0] : undefined;
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) return String(first);
  return /AADSTS(\d+)/.exec(textMember(body, 'error_description') ?? '')?.[1];
}

function firstSentences(description: string | undefined): string | undefined {
  return description?.replace(/\s*Trace ID:[\s\S]*$/, '').replace(/^AADSTS\d+:\s*/, '');
}

function wrongAuthority(names: AdviceNames): string {
  return `The authority host does not know tenant ${tenant(names)}. Check authorityHost and tenantId in the connection file, then ${APPLY}.`;
}
