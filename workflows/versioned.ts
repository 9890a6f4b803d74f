import { setWorkflowOptions } from '@temporalio/workflow';
import { handleBusinessEvent, handleZendeskEvent, pingConnection, syncAccount, wireConnection } from './index.ts';

/**
 * The workflow types of a worker that takes part in worker versioning. Short ones are pinned to the version under which
 * they began. The others continue under the current version. Temporal rejects these options for an unversioned worker,
 * which uses `index.ts`.
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
