import express, { type Router } from 'express';
import type { Log } from '../../runtime/log/log.ts';
import { answerNotFound } from '../answer-errors.ts';
import type { AdminDeps } from './admin-deps.ts';
import { requireBearer, requireScopeOfMethod, type BearerParts } from './bearer.ts';
import { ENDPOINTS } from './endpoints.ts';
import { mountEndpoints } from './mount-endpoints.ts';

/** The admin API, to be mounted under `/api`. Whatever is asked there, the token is checked first. */
export function createAdminRoutes(
  deps: AdminDeps,
  { log, token, failures }: Omit<BearerParts, 'tokens'> & { readonly log: Log },
): Router {
  // Each path has one spelling, so that none gets past the scope of its endpoint.
  const router = express.Router({ caseSensitive: true, strict: true });
  router.use(requireBearer({ token, failures, tokens: deps.services.store.tokens }));
  mountEndpoints(router, ENDPOINTS, { deps, log });
  router.use(requireScopeOfMethod, answerNotFound);
  return router;
}
