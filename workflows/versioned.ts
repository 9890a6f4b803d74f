import { setWorkflowOptions } from '@temporalio/workflow';
import { handleBusinessEvent, handleZendeskEvent, pingConnection, syncAccount, wireConnection } from './index.ts';

/**
 * The workflow types of a worker that takes part in worker versioning. Short ones end under the version that they began under;
 * the others go on under the current one. Temporal refuses such a choice from an unversioned worker, so that has `index.ts`.
 */
export * from './index.ts';

const PINNED: readonly ((input: never) => Promise<unknown>)[] = [
  handleBusinessEvent,
  handleZendeskEvent,
  pingConnection,
  syncAccount,
  wireConnection,
];
for (const workflow of PINNED) setWorkflowOptions({ versioningBehavior: 'PINNED' }, workflow);
