import express, { type RequestHandler, type Router } from 'express';
import type { Log } from '../../runtime/log/log.ts';
import { respondMethodNotAllowed } from '../error-handling.ts';
import type { AdminDeps } from './admin-deps.ts';
import { auditRequest } from './audit-request.ts';
import { actorOf, requireScope, requireScopeOfMethod } from './bearer.ts';
import type { Endpoint } from './endpoint.ts';
import { readBody, readQuery } from './read-input.ts';

const BODY_LIMIT_BYTES = 256 * 1024;

/**
 * Adds routes for the endpoints, and responds with 405 to other methods of their paths. Tokens must be checked before.
 */
export function mountEndpoints(
  router: Router,
  endpoints: readonly Endpoint[],
  { deps, log }: { readonly deps: AdminDeps; readonly log: Log },
): void {
  const readJson = express.json({ limit: BODY_LIMIT_BYTES, type: () => true });
  for (const path of new Set(endpoints.map((endpoint) => endpoint.path))) {
    const ofPath = endpoints.filter((endpoint) => endpoint.path === path);
    const route = router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const endpoint of ofPath) {
      const { method, scope, action, body, file } = endpoint;
      route[method](
        requireScope(scope),
        ...(body === undefined && file === undefined ? [] : [readJson]),
        ...(action === undefined ? [] : [auditRequest(action, deps.services.store, log)]),
        createHandler(endpoint, deps),
      );
    }
    route.all(requireScopeOfMethod, respondMethodNotAllowed(ofPath.map(({ method }) => method.toUpperCase())));
  }
}

function createHandler(
  { query, body, status, handle }: Endpoint,
  deps: AdminDeps,
): RequestHandler<Record<string, string>> {
  const run = handle(deps);
  return async (request, response) => {
    const input = {
      params: request.params,
      query: query === undefined ? undefined : readQuery(request, query),
      body: body === undefined ? (request.body as unknown) : readBody(request, body),
      actor: actorOf(response),
    };
    // Responses are only for this operator. Some contain tokens, or URLs that are credentials.
    response
      .status(status)
      .set('cache-control', 'no-store')
      .json(await run(input));
  };
}
