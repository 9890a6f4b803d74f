/** All workflow types that a worker runs. Their names are public: operators start them with Temporal's own tools. */
export { annotateAccount } from './annotate-account.ts';
export { handleBusinessEvent } from './handle-business-event.ts';
export { handleZendeskEvent } from './handle-zendesk-event.ts';
export { pingConnection } from './ping-connection.ts';
export { reconcileSupport } from './reconcile-support.ts';
export { sweepStore } from './sweep-store.ts';
export { syncAccount } from './sync-account.ts';
export { syncLegalEntity } from './sync-legal-entity.ts';
export { syncMasterData } from './sync-master-data.ts';
export { tellOperator } from './tell-operator.ts';
export { wireConnection } from './wire-connection.ts';
