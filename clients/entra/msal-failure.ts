import { AuthError, ServerError } from '@azure/msal-node';
import { remoteError, type RemoteError } from '../errors.ts';
import { textMember, type AdviceNames } from '../classify.ts';
import { redact } from '../redact.ts';

/**
 * MSAL repeats a throttling response for this long without a request. Its error then has an empty code (measured with
 * 7.2.3).
 */
const LOCAL_THROTTLE_MS = 60_000;

/**
 * Converts an error that MSAL threw before or instead of a request to a RemoteError. An error of another class comes
 * from the credential, such as a private key that cannot be read.
 */
export function readMsalFailure(failure: unknown, names: AdviceNames): RemoteError {
  const base = { system: 'entra', operation: 'request a token' } as const;
  if (failure instanceof ServerError && failure.errorCode === '') {
    const detail = 'MSAL sends no requests for 60 s after an earlier failure.';
    return remoteError({ ...base, kind: 'limited', retryAfterMs: LOCAL_THROTTLE_MS, bucket: 'account', detail });
  }
  const code = codeOf(failure);
  const app = names.clientId ?? 'in the connection';
  const advice = `Check tenantId and the credential of app ${app} (secret, certificate or token file) in the connection file, then run \`ledgerdesk connection apply FILE\`.`;
  const detail = 'the credential or the tenant cannot be used.';
  return remoteError({ ...base, kind: 'unauthorized', code, detail, advice });
}

function codeOf(failure: unknown): string | null {
  if (failure instanceof AuthError) return redact(failure.errorCode, [], 80);
  const code = textMember(failure, 'code');
  return code === undefined ? null : redact(code, [], 80);
}
