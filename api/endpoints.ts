import type { z } from 'zod';
import { documentEndpoint } from './openapi/document-endpoint.ts';
import { createToken, listAudit, listTokens, revokeToken, rotateKeys } from './admin/access.ts';
import { applyConnection } from './admin/apply-connection.ts';
import { authorizeConnection } from './admin/authorize-connection.ts';
import { cancelRun } from './admin/cancel-run.ts';
import { listConnections } from './admin/list-connections.ts';
import { listEvents, listSupport } from './admin/list-events.ts';
import { listRecords } from './admin/list-records.ts';
import { listRuns } from './admin/list-runs.ts';
import { pingConnection } from './admin/ping-connection.ts';
import { approvePlan, discardPlan } from './admin/review/approve-plan.ts';
import { listPlanChanges, listPlans, showPlan } from './admin/review/list-plans.ts';
import { makePreview } from './admin/review/make-preview.ts';
import { removeConnection } from './admin/remove-connection.ts';
import { retryRecords } from './admin/retry-records.ts';
import { changeSchedule, showSchedule } from './admin/schedule-connection.ts';
import { showCodec } from './admin/show-codec.ts';
import { showConnection } from './admin/show-connection.ts';
import { showRun } from './admin/show-run.ts';
import { startSync } from './admin/start-sync.ts';
import { wireConnection } from './admin/wire-connection.ts';

/** The endpoints of the admin API by name. An endpoint that you add here is routed and documented. */
const TABLE = {
  listConnections,
  applyConnection,
  showConnection,
  removeConnection,
  makePreview,
  listPlans,
  showPlan,
  listPlanChanges,
  approvePlan,
  discardPlan,
  startSync,
  listRuns,
  listRecords,
  retryRecords,
  listEvents,
  listSupport,
  wireConnection,
  pingConnection,
  authorizeConnection,
  showSchedule,
  changeSchedule,
  showRun,
  cancelRun,
  listTokens,
  createToken,
  revokeToken,
  rotateKeys,
  showCodec,
  listAudit,
};

/** All endpoints of the admin API, including its OpenAPI document. */
export const ENDPOINTS = documentEndpoint(Object.values(TABLE));

/** The types of the responses of the admin API by endpoint name. The command line uses them. */
export type Responses = { readonly [Name in keyof typeof TABLE]: z.output<(typeof TABLE)[Name]['response']> };
