import type { Handler, Reply, SandboxRequest } from '../core/exchange.ts';
import type { Account } from './account.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { actingAs } from './change-context.ts';
import { authenticate, authorise, unauthenticated } from './authentication.ts';
import type { Call, Result, Route } from './call.ts';
import { CUSTOM_FIELD_ROUTES } from './custom-field-routes.ts';
import { IDENTITY_ROUTES } from './identity-routes.ts';
import { INCREMENTAL_ROUTES } from './incremental-routes.ts';
import { JOB_ROUTES } from './job-routes.ts';
import { MEMBERSHIP_ROUTES } from './membership-routes.ts';
import { handleOauth } from './oauth/oauth-handler.ts';
import { ORGANIZATION_BULK_ROUTES } from './organization-bulk-routes.ts';
import { ORGANIZATION_LOOKUP_ROUTES } from './organization-lookup-routes.ts';
import { ORGANIZATION_MERGE_ROUTES } from './organization-merge-routes.ts';
import { ORGANIZATION_ROUTES } from './organization-routes.ts';
import { ORGANIZATION_TAG_ROUTES } from './organization-tag-routes.ts';
import { invalidAttribute, invalidEndpoint, Refusal } from './refusal.ts';
import type { Router } from './router.ts';
import { createRouter } from './router.ts';
import { SEARCH_ROUTES } from './search-routes.ts';
import { TICKET_ROUTES } from './ticket-routes.ts';
import { TRIGGER_ROUTES } from './triggers/trigger-routes.ts';
import { USER_BULK_ROUTES } from './user-bulk-routes.ts';
import { USER_LOOKUP_ROUTES } from './user-lookup-routes.ts';
import { USER_ROUTES } from './user-routes.ts';
import { DELIVERY_ROUTES } from './webhooks/delivery-routes.ts';
import { WEBHOOK_ROUTES } from './webhooks/webhook-routes.ts';

/** Creates the router of everything under /api/v2. */
export function createApiRouter(): Router {
  return createRouter([
    ...ACCOUNT_ROUTES,
    ...ORGANIZATION_ROUTES,
    ...ORGANIZATION_LOOKUP_ROUTES,
    ...ORGANIZATION_BULK_ROUTES,
    ...ORGANIZATION_TAG_ROUTES,
    ...ORGANIZATION_MERGE_ROUTES,
    ...CUSTOM_FIELD_ROUTES,
    ...JOB_ROUTES,
    ...INCREMENTAL_ROUTES,
    ...USER_ROUTES,
    ...USER_LOOKUP_ROUTES,
    ...USER_BULK_ROUTES,
    ...IDENTITY_ROUTES,
    ...MEMBERSHIP_ROUTES,
    ...TICKET_ROUTES,
    ...SEARCH_ROUTES,
    ...WEBHOOK_ROUTES,
    ...DELIVERY_ROUTES,
    ...TRIGGER_ROUTES,
  ]);
}

/**
 * Creates the handler of one account. It checks the account's rate limit first, then the credentials, then the request.
 */
export function createHandler(account: Account, router: Router): Handler {
  return async (request) => {
    const oauth = handleOauth(account, request);
    if (oauth) return oauth;
    const match = router(request.method, request.path);
    const operation = match?.route.operation ?? 'unknown';
    let headers = {};
    try {
      headers = account.limits.account();
      if (!match) throw authenticate(account, request.headers) ? invalidEndpoint() : unauthenticated(request.headers);
      const call = callOf(account, request, match);
      const actorId = call.session?.user.id ?? null;
      const result = await actingAs(account.changeContext, actorId, () => match.route.handle(call));
      return replyOf(result, { operation, effect: match.route.method !== 'GET', headers });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return replyOf(error, { operation, effect: false, headers });
    }
  };
}

interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

function callOf(account: Account, request: SandboxRequest, { route, params }: Found): Call {
  const session = authenticate(account, request.headers);
  if (session) authorise(session, route);
  else if (route.access !== 'anyone') throw unauthenticated(request.headers);
  if (request.malformed) throw invalidAttribute('You passed an invalid value for the body. The body is no valid JSON');
  const { origin, path, query, body, jobFault } = request;
  return { account, baseUrl: origin, path, params, query, body, session, ...(jobFault ? { jobFault } : {}) };
}

interface ReplyParts {
  readonly operation: string;
  readonly effect: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

function replyOf({ status, body, headers: own }: Result, { operation, effect, headers }: ReplyParts): Reply {
  return { status, operation, effect, headers: { ...headers, ...own }, ...(body === undefined ? {} : { body }) };
}
