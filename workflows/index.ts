/** All workflow types that a worker runs. Their names are public: operators start them with Temporal's own tools. */
export { annotateAccount } from './support/annotate-account.ts';
export { handleBusinessEvent } from './events/handle-business-event.ts';
export { handleZendeskEvent } from './events/handle-zendesk-event.ts';
export { pingConnection } from './connection/ping-connection.ts';
export { previewSync } from './review/preview-sync.ts';
export { probeCredentials } from './operations/probe-credentials.ts';
export { reconcileSupport } from './support/reconcile-support.ts';
export { sweepStore } from './operations/sweep-store.ts';
export { syncAccount } from './sync/sync-account.ts';
export { syncLegalEntity } from './sync/sync-legal-entity.ts';
export { syncMasterData } from './sync/sync-master-data.ts';
export { deliverAlerts } from './operations/deliver-alerts.ts';
export { wireConnection } from './connection/wire-connection.ts';
