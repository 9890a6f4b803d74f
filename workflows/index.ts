import { setWorkflowOptions } from '@temporalio/workflow';
import { annotateAccount } from './annotate-account.ts';
import { handleBusinessEvent } from './handle-business-event.ts';
import { handleZendeskEvent } from './handle-zendesk-event.ts';
import { pingConnection } from './ping-connection.ts';
import { reconcileSupport } from './reconcile-support.ts';
import { sweepStore } from './sweep-store.ts';
import { syncAccount } from './sync-account.ts';
import { syncLegalEntity } from './sync-legal-entity.ts';
import { syncMasterData } from './sync-master-data.ts';
import { tellOperator } from './tell-operator.ts';
import { wireConnection } from './wire-connection.ts';

/** Short workflows end under the worker version that they began under; the others go on under the current one. */
const PINNED: readonly ((input: never) => Promise<unknown>)[] = [
  handleBusinessEvent,
  handleZendeskEvent,
  pingConnection,
  syncAccount,
  wireConnection,
];
for (const workflow of PINNED) setWorkflowOptions({ versioningBehavior: 'PINNED' }, workflow);

/** All workflow types that a worker runs. Their names are public: operators start them with Temporal's own tools. */
export {
  annotateAccount,
  handleBusinessEvent,
  handleZendeskEvent,
  pingConnection,
  reconcileSupport,
  sweepStore,
  syncAccount,
  syncLegalEntity,
  syncMasterData,
  tellOperator,
  wireConnection,
};
