import { Refusal } from '../refusal.ts';

/** An error of the token endpoint (RFC 6749; texts as Zendesk words them). */
export function oauthRefusal(status: number, error: string, description: string): Refusal {
  return new Refusal(status, { error, error_description: description }, { 'cache-control': 'no-store' });
}

/** A code or refresh token that is unknown, used, expired, revoked, or another client's. */
export function invalidGrant(status: number): Refusal {
  return oauthRefusal(
    status,
    'invalid_grant',
    'The provided access grant is invalid, expired, or revoked (e.g. invalid assertion, expired authorization token, bad end-user password credentials, or mismatching authorization code and redirection URI).',
  );
}

/** The client is unknown or did not prove itself. */
export function invalidClient(): Refusal {
  return oauthRefusal(
    401,
    'invalid_client',
    'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
  );
}

/** Something in the request is missing or malformed. */
export function invalidRequest(description: string): Refusal {
  return oauthRefusal(400, 'invalid_request', description);
}
