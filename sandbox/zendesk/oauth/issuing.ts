import type { Account } from '../account.ts';
import { createHex } from '../identifiers.ts';
import { nowS } from '../wire-time.ts';
import { invalidRequest } from './oauth-refusal.ts';

/** Who a token is for, and whether a refresh token comes with it. */
export interface Issue {
  readonly userId: number;
  readonly scopes: readonly string[];
  readonly refreshable: boolean;
  /** The members of the request. */
  readonly form: Readonly<Record<string, unknown>>;
}

const DEFAULT_ACCESS_S = 1_800;
const DEFAULT_REFRESH_S = 2_592_000;

/** Issues a token, or a pair; how long they live may be asked for within Zendesk's limits. Times are simulated ones. */
export function issueTokens(account: Account, { userId, scopes, refreshable, form }: Issue): object {
  const { tokens, grants, clock, settings } = account;
  const accessS = lifetime(form, 'expires_in', [300, 172_800]);
  const refreshS = lifetime(form, 'refresh_token_expires_in', [604_800, 7_776_000]) ?? DEFAULT_REFRESH_S;
  const lifeS = accessS ?? (settings.oauthExpiryEnforced ? DEFAULT_ACCESS_S : undefined);
  const token = tokenText(account);
  const expiresAtS = lifeS === undefined ? null : nowS(clock) + lifeS;
  tokens.grant({ token, userId, scopes, expiresAtS });
  grants.noteAccess(token);
  const answer = {
    access_token: token,
    token_type: 'bearer',
    scope: scopes.join(' '),
    ...(lifeS === undefined ? {} : { expires_in: lifeS }),
  };
  if (!refreshable) return answer;
  const refresh = createHex(64, account.random);
  grants.addRefresh({ token: refresh, accessToken: token, userId, scopes, expiresAtS: nowS(clock) + refreshS });
  return { ...answer, refresh_token: refresh, refresh_token_expires_in: refreshS };
}

function lifetime(form: Issue['form'], name: string, [least, most]: readonly [number, number]): number | undefined {
  const value = form[name];
  if (value === undefined || value === null || value === '') return undefined;
  const seconds = Number(value);
  if (Number.isSafeInteger(seconds) && seconds >= least && seconds <= most) return seconds;
  throw invalidRequest(`${name} must be a number of seconds from ${least} to ${most}`);
}

/** Looks like the JSON web tokens that enforced clients get: far longer than the 64 digits of old ones. */
function tokenText({ random, accountId }: Account): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { jti: createHex(32, random), iss: 'sandbox', account: accountId, padding: createHex(160, random) };
  return [part({ typ: 'at+jwt', alg: 'RS256' }), part(claims), createHex(256, random)].join('.');
}
