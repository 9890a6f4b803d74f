import type { Bucket, RemoteErrorKind } from '../errors.ts';
import {
  describeBody,
  isSuccess,
  kindOfStatus,
  textMember,
  type ClassifyError,
  type FailedAnswer,
} from '../classify.ts';
import { readRefusal } from './error-shape.ts';
import { readEndpointRates } from './rate-headers.ts';

/** Too many bulk jobs at once: told by the body; the docs do not say with which status (Zendesk docs, Job Statuses). */
const TOO_MANY_JOBS = 'TooManyJobs';

/** Reads a failure of Zendesk by its status first; the body only names the code, the words and which limit was reached. */
export const classifyZendeskError: ClassifyError = (answer) => {
  const tooManyJobs = textMember(answer.body, 'error') === TOO_MANY_JOBS;
  if (isSuccess(answer.status) && !tooManyJobs) return undefined;
  const { code, detail } = readRefusal(answer.body);
  const kind = tooManyJobs ? 'limited' : OAUTH_ADVICE.has(code ?? '') ? 'unauthorized' : kindOfStatus(answer);
  return {
    kind,
    code,
    detail: detail ?? describeBody(answer),
    bucket: kind === 'limited' ? bucketOf(answer, tooManyJobs) : undefined,
    advice: adviceFor(kind, code),
  };
};

function bucketOf(answer: FailedAnswer, tooManyJobs: boolean): Bucket {
  if (tooManyJobs) return 'jobs';
  if (/incremental export/i.test(answer.text)) return 'incremental';
  const organization = answer.buckets.find((bucket) => bucket.startsWith('organization:'));
  const written = organization ?? answer.buckets.find((bucket) => bucket === 'user-write');
  if (/too many requests to update/i.test(answer.text) && written !== undefined) return written;
  const used = readEndpointRates(answer.headers).filter(({ remaining }) => remaining === 0);
  return (
    used.map(({ name }) => bucketOfEndpoint(name, organization)).find((bucket) => bucket !== undefined) ?? 'account'
  );
}

function bucketOfEndpoint(name: string, organization: Bucket | undefined): Bucket | undefined {
  if (name.includes('job')) return 'jobs';
  if (name.includes('incremental')) return 'incremental';
  if (name.includes('user')) return 'user-write';
  return name.includes('organization') ? organization : undefined;
}

/** What to do by OAuth's word for a client or grant that is not taken, whatever its status (RFC 6749, 5.2). */
const OAUTH_ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'invalid_grant',
    'Authorize the connection again: Zendesk does not know its authorization code or refresh token (any more).',
  ],
  [
    'invalid_client',
    'Check zendesk.oauthClientId and zendesk.oauthClientSecret in the connection file, and apply it again.',
  ],
  [
    'unauthorized_client',
    'Make the OAuth client in Zendesk a confidential one, or take the grant authorization_code in the connection file.',
  ],
  ['invalid_scope', 'Allow the OAuth client in Zendesk the scopes read and write, and authorize the connection again.'],
]);

function adviceFor(kind: RemoteErrorKind, code: string | null): string | undefined {
  const ofOAuth = OAUTH_ADVICE.get(code ?? '');
  if (ofOAuth !== undefined) return ofOAuth;
  if (kind === 'unauthorized')
    return 'Zendesk does not take the access token: authorize the connection again, or apply it with a valid token.';
  if (kind === 'forbidden')
    return 'Authorize the connection as a Zendesk administrator, with an OAuth client that may ask for the scopes read and write.';
  if (kind === 'missing' && !/NotFound$|^InvalidEndpoint$/.test(code ?? ''))
    return 'No Zendesk account answers at this address: check subdomain and baseUrl in the connection.';
  return undefined;
}
