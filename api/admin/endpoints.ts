import { documentEndpoint } from '../openapi/document-endpoint.ts';
import { createToken, listAudit, listTokens, revokeToken, rotateKeys } from './access.ts';
import { applyConnection } from './apply-connection.ts';
import { authorizeConnection } from './authorize-connection.ts';
import { cancelRun } from './cancel-run.ts';
import { listConnections } from './list-connections.ts';
import { listEvents, listSupport } from './list-events.ts';
import { listRecords } from './list-records.ts';
import { listRuns } from './list-runs.ts';
import { pingConnection } from './ping-connection.ts';
import { removeConnection } from './remove-connection.ts';
import { retryRecords } from './retry-records.ts';
import { changeSchedule, showSchedule } from './schedule-connection.ts';
import { showCodec } from './show-codec.ts';
import { showConnection } from './show-connection.ts';
import { showRun } from './show-run.ts';
import { startSync } from './start-sync.ts';
import { wireConnection } from './wire-connection.ts';

/** The whole admin API. Whatever is added here is routed and described. */
export const ENDPOINTS = documentEndpoint([
  listConnections,
  applyConnection,
  showConnection,
  removeConnection,
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
]);
