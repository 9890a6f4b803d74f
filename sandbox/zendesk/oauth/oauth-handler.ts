import type { Reply, SandboxRequest } from '../../core/exchange.ts';
import type { Account } from '../account.ts';
import type { Result } from '../call.ts';
import { Refusal } from '../refusal.ts';
import { answerAuthorization } from './authorization-page.ts';
import { answerTokenRequest, tokenOperation } from './token-endpoint.ts';

/** The name of an OAuth request in the journal; undefined when the path is not one of OAuth's. */
export function oauthOperation(method: string, path: string): string | undefined {
  if (method === 'GET' && path === '/oauth/authorizations/new') return 'oauth.authorize';
  if (method === 'POST' && path === '/oauth/authorizations') return 'oauth.decide';
  return method === 'POST' && path === '/oauth/tokens' ? 'oauth.token' : undefined;
}

/** Answers what lies beside the API, under /oauth; undefined when the path is not one of OAuth's. */
export function answerOauth(account: Account, request: SandboxRequest): Reply | undefined {
  const operation = oauthOperation(request.method, request.path);
  if (operation === undefined) return undefined;
  if (operation !== 'oauth.token') return replied(operation, () => answerAuthorization(account, request), false);
  return replied(tokenOperation(request), () => answerTokenRequest(account, request), true);
}

function replied(operation: string, answer: () => Result, effect: boolean): Reply {
  try {
    return { ...answer(), operation, effect };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, body, headers } = error;
    return { status, body, headers, operation, effect: false };
  }
}
