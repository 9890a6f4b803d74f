import type { RequestHandler } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import { findRun } from './find-run.ts';

/** `GET /api/runs/:runId`: a run as it stands, live while it is under way. */
export function createShowRun(deps: AdminDeps): RequestHandler<{ runId: string }> {
  return async (request, response) => {
    response.json(await findRun(deps, request.params.runId));
  };
}
