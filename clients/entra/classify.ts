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

/** What to do by Entra's error number (Microsoft docs, "Microsoft Entra authentication and authorization error codes"). */
const ADVICE = new Map<string, (names: AdviceNames) => string>([
  [
    '7000215',
    (n) =>
      `The client secret of app ${app(n)} is wrong: make a new one under ${SECRETS_PAGE} and apply the connection again.`,
  ],
  [
    '7000222',
    (n) =>
      `The client secret of app ${app(n)} has expired: make a new one under ${SECRETS_PAGE} and apply the connection again.`,
  ],
  [
    '700027',
    (n) =>
      `The certificate or assertion of app ${app(n)} is not the one registered: upload it under ${SECRETS_PAGE}, or apply the connection with the right one.`,
  ],
  [
    '700016',
    (n) =>
      `Tenant ${tenant(n)} has no app ${app(n)}: check clientId and tenantId in the connection and apply it again.`,
  ],
  [
    '90002',
    (n) => `There is no tenant ${tenant(n)}: check tenantId and authorityHost in the connection and apply it again.`,
  ],
  [
    '500011',
    (n) =>
      `Entra knows no environment ${n.environment ?? 'of that address'}: check environmentUrl in the connection and apply it again.`,
  ],
  ['53003', (n) => `A Conditional Access policy blocks app ${app(n)}: ask the tenant's administrator to exempt it.`],
]);

/** Entra's own words for a failure that passes: it is overloaded or being changed (90033), not wrongly configured. */
const PASSING = /^(temporarily_unavailable|server_error)$|^90033$/;

const app = (names: AdviceNames): string => names.clientId ?? '(see the connection)';
const tenant = (names: AdviceNames): string => names.tenantId ?? '(see the connection)';

/**
 * Reads a refusal of Entra's token endpoint: `{error, error_description, error_codes, trace_id}`. Every refusal that names
 * an error of OAuth is `unauthorized`, whatever its status: app, secret, tenant or environment are not as configured.
 */
export const classifyEntraError: ClassifyError = (answer) => {
  if (isSuccess(answer.status)) return undefined;
  const { body, names } = answer;
  const word = textMember(body, 'error');
  const number = errorNumber(body);
  const byStatus = kindOfStatus(answer);
  const refusal = word !== undefined && answer.status < 500 && byStatus !== 'limited' && byStatus !== 'unavailable';
  const passing = PASSING.test(word ?? '') || PASSING.test(number ?? '');
  const kind = !refusal ? byStatus : passing ? 'unavailable' : 'unauthorized';
  const found =
    kind === 'missing' ? wrongAuthority(names) : kind === 'unauthorized' ? ADVICE.get(number ?? '') : undefined;
  return {
    kind,
    code: number === undefined ? (word ?? null) : `AADSTS${number}`,
    detail: firstSentences(textMember(body, 'error_description')) ?? word ?? describeBody(answer),
    requestId: textMember(body, 'trace_id') ?? textMember(body, 'correlation_id'),
    advice: typeof found === 'function' ? found(names) : found,
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
  return `The authority host does not know tenant ${tenant(names)}: check authorityHost and tenantId in the connection and apply it again.`;
}
