import { AuthError, ServerError } from '@azure/msal-node';
import { remoteError, type RemoteError } from '../errors.ts';
import { textMember, type AdviceNames } from '../classify.ts';
import { redact } from '../redact.ts';

/** MSAL repeats a throttled answer by itself for as long; its error then has an empty code (measured with 7.2.3). */
const LOCAL_THROTTLE_MS = 60_000;

/**
 * Turns what MSAL threw before or instead of a request into an error of ours. What is not MSAL's comes from the credential:
 * a private key that cannot be read, a token file that is not there.
 */
export function readMsalFailure(failure: unknown, names: AdviceNames): RemoteError {
  const base = { system: 'entra', operation: 'request a token' } as const;
  if (failure instanceof ServerError && failure.errorCode === '') {
    const detail = 'requests are held back after an earlier failure.';
    return remoteError({ ...base, kind: 'limited', retryAfterMs: LOCAL_THROTTLE_MS, bucket: 'account', detail });
  }
  const code = codeOf(failure);
  const app = names.clientId ?? 'in the connection';
  const file = code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR';
  const advice = file
    ? `Make sure that the federated token file of app ${app} exists and that Ledgerdesk may read it.`
    : `Check tenantId and the credential of app ${app} (secret, certificate or token file) and apply the connection again.`;
  const detail = file ? 'the federated token file cannot be read.' : 'the credential or the tenant cannot be used.';
  return remoteError({ ...base, kind: 'unauthorized', code, detail, advice });
}

function codeOf(failure: unknown): string | null {
  if (failure instanceof AuthError) return redact(failure.errorCode, [], 80);
  const code = textMember(failure, 'code');
  return code === undefined ? null : redact(code, [], 80);
}
