import type { Bucket, RemoteErrorKind } from '../errors.ts';
import {
  describeBody,
  isSuccess,
  kindOfStatus,
  textMember,
  type ClassifyError,
  type ResponseToClassify,
} from '../classify.ts';
import { readRefusal } from './error-shape.ts';
import { readEndpointRates } from './rate-headers.ts';

/** The error for too many concurrent bulk jobs. The docs name no status for it (Zendesk docs, Job Statuses). */
const TOO_MANY_JOBS = 'TooManyJobs';

/**
 * Classifies a failure of Zendesk, by its status first. The body adds the code, the message and the limit that was
 * reached.
 */
export const classifyZendeskError: ClassifyError = (response) => {
  const tooManyJobs = textMember(response.body, 'error') === TOO_MANY_JOBS;
  if (isSuccess(response.status) && !tooManyJobs) return undefined;
  const { code, detail } = readRefusal(response.body);
  const kind = tooManyJobs ? 'limited' : OAUTH_ADVICE.has(code ?? '') ? 'unauthorized' : kindOfStatus(response);
  return {
    kind,
    code,
    detail: detail ?? describeBody(response),
    bucket: kind === 'limited' ? bucketOf(response, tooManyJobs) : undefined,
    advice: adviceFor(kind, code),
  };
};

function bucketOf(response: ResponseToClassify, tooManyJobs: boolean): Bucket {
  if (tooManyJobs) return 'jobs';
  if (/incremental export/i.test(response.text)) return 'incremental';
  const organization = response.buckets.find((bucket) => bucket.startsWith('organization:'));
  const written = organization ?? response.buckets.find((bucket) => bucket === 'user-write');
  if (/too many requests to update/i.test(response.text) && written !== undefined) return written;
  const used = readEndpointRates(response.headers).filter(({ remaining }) => remaining === 0);
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

/** The advice for the OAuth errors that mean a rejected client or grant, whatever the status (RFC 6749, 5.2). */
const OAUTH_ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'invalid_grant',
    'Authorize the connection again with `ledgerdesk connection authorize ID`. Zendesk does not accept its authorization code or refresh token.',
  ],
  [
    'invalid_client',
    'Check zendesk.oauthClientId and zendesk.oauthClientSecret in the connection file, then run `ledgerdesk connection apply FILE`.',
  ],
  [
    'unauthorized_client',
    'Change the OAuth client in Zendesk to a confidential client, or set the grant authorization_code in the connection file.',
  ],
  [
    'invalid_scope',
    'Allow the scopes read and write for the OAuth client in Zendesk, then run `ledgerdesk connection authorize ID`.',
  ],
]);

function adviceFor(kind: RemoteErrorKind, code: string | null): string | undefined {
  const ofOAuth = OAUTH_ADVICE.get(code ?? '');
  if (ofOAuth !== undefined) return ofOAuth;
  if (kind === 'unauthorized')
    return 'Zendesk does not accept the access token. Run `ledgerdesk connection authorize ID`, or apply the connection file with a valid token.';
  if (kind === 'forbidden')
    return 'Run `ledgerdesk connection authorize ID` and give consent as a Zendesk administrator. The OAuth client must allow the scopes read and write.';
  if (kind === 'missing' && !/NotFound$|^InvalidEndpoint$/.test(code ?? ''))
    return 'There is no Zendesk account at this address. Check subdomain and baseUrl in the connection.';
  return undefined;
}
