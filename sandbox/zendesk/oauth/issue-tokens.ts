import type { Account } from '../account.ts';
import { createHex } from '../identifiers.ts';
import { nowS } from '../wire-time.ts';
import { invalidRequest } from './oauth-refusal.ts';

/** The user and scopes of the tokens to issue. `refreshable` adds a refresh token. */
export interface TokenIssue {
  readonly userId: number;
  readonly scopes: readonly string[];
  readonly refreshable: boolean;
  /** The members of the request. */
  readonly form: Readonly<Record<string, unknown>>;
}

const DEFAULT_ACCESS_S = 1_800;
const DEFAULT_REFRESH_S = 2_592_000;

/**
 * Issues a token, or a pair. The request may choose their lifetimes within Zendesk's limits, whose upper ends are
 * exclusive (reference: less than 172,800, less than 7,776,000). Times are simulated.
 */
export function issueTokens(account: Account, { userId, scopes, refreshable, form }: TokenIssue): object {
  const { tokens, grants, clock, settings } = account;
  const accessS = lifetime(form, 'expires_in', [300, 172_799]);
  const refreshS = lifetime(form, 'refresh_token_expires_in', [604_800, 7_775_999]) ?? DEFAULT_REFRESH_S;
  const lifetimeS = accessS ?? (settings.oauthExpiryEnforced ? DEFAULT_ACCESS_S : undefined);
  const token = tokenText(account);
  const expiresAtS = lifetimeS === undefined ? null : nowS(clock) + lifetimeS;
  tokens.grant({ token, userId, scopes, expiresAtS });
  grants.noteAccess(token);
  const response = {
    access_token: token,
    token_type: 'bearer',
    scope: scopes.join(' '),
    ...(lifetimeS === undefined ? {} : { expires_in: lifetimeS }),
  };
  if (!refreshable) return response;
  const refresh = createHex(64, account.random);
  grants.addRefresh({ token: refresh, accessToken: token, userId, scopes, expiresAtS: nowS(clock) + refreshS });
  return { ...response, refresh_token: refresh, refresh_token_expires_in: refreshS };
}

function lifetime(
  form: TokenIssue['form'],
  name: string,
  [least, most]: readonly [number, number],
): number | undefined {
  const value = form[name];
  if (value === undefined || value === null || value === '') return undefined;
  const seconds = Number(value);
  if (Number.isSafeInteger(seconds) && seconds >= least && seconds <= most) return seconds;
  throw invalidRequest(`${name} must be a number of seconds from ${least} to ${most}`);
}

/** Clients with enforced expiry get JSON web tokens, which are much longer than the 64 digits of older tokens. */
function tokenText({ random, accountId }: Account): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { jti: createHex(32, random), iss: 'sandbox', account: accountId, padding: createHex(160, random) };
  return [part({ typ: 'at+jwt', alg: 'RS256' }), part(claims), createHex(256, random)].join('.');
}
