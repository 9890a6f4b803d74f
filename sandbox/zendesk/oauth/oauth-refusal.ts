import { Refusal } from '../refusal.ts';

/** Returns an error of the token endpoint (RFC 6749, with Zendesk's messages). */
export function oauthRefusal(status: number, error: string, description: string): Refusal {
  return new Refusal(status, { error, error_description: description }, { 'cache-control': 'no-store' });
}

/** Returns the error for a code or refresh token that is unknown, used, expired, revoked, or of another client. */
export function invalidGrant(status: number): Refusal {
  return oauthRefusal(
    status,
    'invalid_grant',
    'The provided access grant is invalid, expired, or revoked (e.g. invalid assertion, expired authorization token, bad end-user password credentials, or mismatching authorization code and redirection URI).',
  );
}

/** Returns the error for a client that is unknown or not authenticated. */
export function invalidClient(): Refusal {
  return oauthRefusal(
    401,
    'invalid_client',
    'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
  );
}

/** Returns the error for a missing or malformed member of the request. */
export function invalidRequest(description: string): Refusal {
  return oauthRefusal(400, 'invalid_request', description);
}
