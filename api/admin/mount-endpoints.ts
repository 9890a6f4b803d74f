import express, { type RequestHandler, type Router } from 'express';
import type { Log } from '../../runtime/log/log.ts';
import { answerWrongMethod } from '../answer-errors.ts';
import type { AdminDeps } from './admin-deps.ts';
import { audited } from './audited.ts';
import { requireScope, requireScopeOfMethod } from './bearer.ts';
import type { Endpoint } from './endpoint.ts';
import { readBody, readQuery } from './read-input.ts';

const BODY_LIMIT_BYTES = 256 * 1024;

/** Routes endpoints, and answers 405 to the methods that their paths do not have. A token must have been judged before. */
export function mountEndpoints(
  router: Router,
  endpoints: readonly Endpoint[],
  { deps, log }: { readonly deps: AdminDeps; readonly log: Log },
): void {
  const readJson = express.json({ limit: BODY_LIMIT_BYTES, type: () => true });
  for (const path of new Set(endpoints.map((endpoint) => endpoint.path))) {
    const own = endpoints.filter((endpoint) => endpoint.path === path);
    const route = router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const endpoint of own) {
      const { method, scope, action, body, file } = endpoint;
      route[method](
        requireScope(scope),
        ...(body === undefined && file === undefined ? [] : [readJson]),
        ...(action === undefined ? [] : [audited(action, deps.services.store, log)]),
        answer(endpoint, deps),
      );
    }
    route.all(requireScopeOfMethod, answerWrongMethod(own.map(({ method }) => method.toUpperCase())));
  }
}

function answer({ query, body, status, handle }: Endpoint, deps: AdminDeps): RequestHandler<Record<string, string>> {
  const ask = handle(deps);
  return async (request, response) => {
    const asked = {
      params: request.params,
      query: query === undefined ? undefined : readQuery(request, query),
      body: body === undefined ? (request.body as unknown) : readBody(request, body),
    };
    // What operators are told is for them alone, tokens and addresses that are credentials among it.
    response
      .status(status)
      .set('cache-control', 'no-store')
      .json(await ask(asked));
  };
}
