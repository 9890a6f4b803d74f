import type { Reply, SandboxRequest } from '../../core/exchange.ts';
import type { Account } from '../account.ts';
import type { Result } from '../call.ts';
import { Refusal } from '../refusal.ts';
import { handleAuthorization } from './authorization-page.ts';
import { handleTokenRequest, tokenOperation } from './token-endpoint.ts';

/** Returns the name of an OAuth request in the journal; undefined when the path is not an OAuth path. */
export function oauthOperation(method: string, path: string): string | undefined {
  if (method === 'GET' && path === '/oauth/authorizations/new') return 'oauth.authorize';
  if (method === 'POST' && path === '/oauth/authorizations') return 'oauth.decide';
  return method === 'POST' && path === '/oauth/tokens' ? 'oauth.token' : undefined;
}

/** Handles requests under /oauth, which are not part of the API. Returns undefined for any other path. */
export function handleOauth(account: Account, request: SandboxRequest): Reply | undefined {
  const operation = oauthOperation(request.method, request.path);
  if (operation === undefined) return undefined;
  if (operation !== 'oauth.token') return replyOf(operation, () => handleAuthorization(account, request), false);
  return replyOf(tokenOperation(request), () => handleTokenRequest(account, request), true);
}

function replyOf(operation: string, handle: () => Result, effect: boolean): Reply {
  try {
    return { ...handle(), operation, effect };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, body, headers } = error;
    return { status, body, headers, operation, effect: false };
  }
}
