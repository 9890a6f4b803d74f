import express, { type Router } from 'express';
import type { Log } from '../../runtime/log/log.ts';
import { answerNotFound } from '../answer-errors.ts';
import type { AdminDeps } from './admin-deps.ts';
import { requireBearer, requireScopeOfMethod, type BearerParts } from './bearer.ts';
import type { Endpoint } from './endpoint.ts';
import { mountEndpoints } from './mount-endpoints.ts';

/** Creates the admin API, to be mounted under `/api`. The token is checked first, whatever the request is for. */
export function createAdminRoutes(
  deps: AdminDeps,
  endpoints: readonly Endpoint[],
  { log, token, failures }: Omit<BearerParts, 'tokens'> & { readonly log: Log },
): Router {
  // Each path has one spelling, so that none gets past the scope of its endpoint.
  const router = express.Router({ caseSensitive: true, strict: true });
  router.use(requireBearer({ token, failures, tokens: deps.services.store.tokens }));
  mountEndpoints(router, endpoints, { deps, log });
  router.use(requireScopeOfMethod, answerNotFound);
  return router;
}
