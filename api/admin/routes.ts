import express, { type RequestHandler, type Router } from 'express';
import type { Log } from '../../runtime/log.ts';
import type { Secret } from '../../runtime/secret.ts';
import { answerNotFound, answerWrongMethod } from '../answer-errors.ts';
import { createCreateToken, createListAudit, createListTokens, createRevokeToken, createRotateKeys } from './access.ts';
import type { AdminDeps } from './admin-deps.ts';
import { createApplyConnection } from './apply-connection.ts';
import { audited } from './audited.ts';
import { createAuthorizeConnection } from './authorize-connection.ts';
import { requireBearer } from './bearer.ts';
import { createCancelRun } from './cancel-run.ts';
import { createListConnections } from './list-connections.ts';
import { createListEvents, createListSupport } from './list-events.ts';
import { createListRecords } from './list-records.ts';
import { createListRuns } from './list-runs.ts';
import { createPingConnection } from './ping-connection.ts';
import { createRemoveConnection } from './remove-connection.ts';
import { createRetryRecords } from './retry-records.ts';
import { createChangeSchedule, createShowSchedule } from './schedule-connection.ts';
import { createShowCodec } from './show-codec.ts';
import { createShowConnection } from './show-connection.ts';
import { createShowRun } from './show-run.ts';
import { createStartSync } from './start-sync.ts';
import { createWireConnection } from './wire-connection.ts';

const BODY_LIMIT_BYTES = 256 * 1024;

/** The admin API, to be mounted under `/api`. Whatever is asked there, the token is checked first. */
export function createAdminRoutes(deps: AdminDeps, { token, log }: { token: Secret; log: Log }): Router {
  // Scopes and the audit go by the path, so that each path has one spelling.
  const router = express.Router({ caseSensitive: true, strict: true });
  const { store } = deps.services;
  router.use(requireBearer(token, store.tokens));
  router.use(express.json({ limit: BODY_LIMIT_BYTES, type: () => true }));
  router.use(audited(store, log));
  router
    .route('/connections')
    .get(createListConnections(deps))
    .post(createApplyConnection(deps))
    .all(answerWrongMethod(['GET', 'POST']));
  router
    .route('/connections/:id')
    .get(createShowConnection(deps))
    .delete(createRemoveConnection(deps))
    .all(answerWrongMethod(['GET', 'DELETE']));
  const post = <Params>(path: string, handler: RequestHandler<Params>) =>
    router.post<Params>(path, handler).all(path, answerWrongMethod(['POST']));
  const get = <Params>(path: string, handler: RequestHandler<Params>) =>
    router.get<Params>(path, handler).all(path, answerWrongMethod(['GET']));
  post('/connections/:id/sync', createStartSync(deps));
  get('/connections/:id/runs', createListRuns(deps));
  get('/connections/:id/records', createListRecords(deps));
  post('/connections/:id/retry', createRetryRecords(deps));
  get('/connections/:id/events', createListEvents(deps));
  get('/connections/:id/support', createListSupport(deps));
  post('/connections/:id/wire', createWireConnection(deps));
  post('/connections/:id/ping', createPingConnection(deps));
  post('/connections/:id/authorize', createAuthorizeConnection(deps));
  router
    .route('/connections/:id/schedule')
    .get(createShowSchedule(deps))
    .post(createChangeSchedule(deps))
    .all(answerWrongMethod(['GET', 'POST']));
  get('/runs/:runId', createShowRun(deps));
  post('/runs/:runId/cancel', createCancelRun(deps));
  router
    .route('/tokens')
    .get(createListTokens(deps))
    .post(createCreateToken(deps))
    .all(answerWrongMethod(['GET', 'POST']));
  router
    .route('/tokens/:id')
    .delete(createRevokeToken(deps))
    .all(answerWrongMethod(['DELETE']));
  post('/keys/rotate', createRotateKeys(deps));
  get('/codec', createShowCodec(deps));
  get('/audit', createListAudit(deps));
  router.use(answerNotFound);
  return router;
}
