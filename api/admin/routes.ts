import express, { type Router } from 'express';
import type { Log } from '../../runtime/log/log.ts';
import { respondNotFound } from '../error-handling.ts';
import type { AdminDeps } from './admin-deps.ts';
import { requireBearer, requireScopeOfMethod, type BearerDeps } from './bearer.ts';
import type { Endpoint } from './endpoint.ts';
import { mountEndpoints } from './mount-endpoints.ts';

/** Creates the routes of the admin API. Mount them under `/api`. The token is checked before anything else. */
export function createAdminRoutes(
  deps: AdminDeps,
  endpoints: readonly Endpoint[],
  { log, token, failures }: Omit<BearerDeps, 'tokens'> & { readonly log: Log },
): Router {
  // Each path has only one spelling, so that no other spelling bypasses the scope of its endpoint.
  const router = express.Router({ caseSensitive: true, strict: true });
  router.use(requireBearer({ token, failures, tokens: deps.services.store.tokens }));
  mountEndpoints(router, endpoints, { deps, log });
  router.use(requireScopeOfMethod, respondNotFound);
  return router;
}
