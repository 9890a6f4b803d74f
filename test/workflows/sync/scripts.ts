import { NO_TOTALS } from '../../../domain/sync/outcome.ts';
import type { Level, SyncLegalEntityInput } from '../../../workflows/contract.ts';
import type { RunRef, SliceRef } from '../../../workflows/steps.ts';
import type { Script } from '../script.ts';

/** The run of a stage that a test runs by itself. */
export const RUN: RunRef = { connectionId: 'acme', runId: 'run-1', workflowId: 'master-sync/acme' };

/** The customers of USMF in this run. */
export const CUSTOMERS: SliceRef = { ...RUN, legalEntity: 'usmf', kind: 'customer' };

/** The input of the stage that applies the customers of USMF. */
export const APPLY: SyncLegalEntityInput = {
  connectionId: 'acme',
  runId: 'run-1',
  runWorkflowId: 'master-sync/acme',
  legalEntity: 'usmf',
  kinds: ['customer'],
  dependentKinds: [],
  stage: 'apply',
  incompleteEntities: [],
  waitedMs: 0,
};

/** Answers of `submitJobs`. */
export const NOTHING_LEFT = { open: 0, left: false, more: false, unsure: false };
export const NO_ANSWER = { ...NOTHING_LEFT, unsure: true };
export const openJobs = (open: number): typeof NOTHING_LEFT => ({ ...NOTHING_LEFT, open });

/** An answer of `resolveRefusals`: nothing was refused. */
export const NOTHING_REFUSED = { left: 0, planned: 0, fieldsChanged: false };

/** Steps that apply the changes of a slice in one round, without bulk jobs. */
export const ONE_ROUND: Script = {
  planChanges: () => ({ unfinished: 1, next: null }),
  submitJobs: () => NOTHING_LEFT,
  completeRecords: () => ({ left: 0 }),
  resolveRefusals: () => NOTHING_REFUSED,
  readAgain: () => ({ records: 0 }),
};

/** The levels of a connection that syncs customers and contacts. */
export const LEVELS: Level[] = [
  { target: 'organization', kinds: ['customer'] },
  { target: 'user', kinds: ['contact'] },
];

/** The levels of a connection that syncs only customers. */
export const ORGANIZATIONS_ONLY: Level[] = LEVELS.slice(0, 1);

/** Steps of a master run of these legal entities in which everything is in sync. */
export function inSync(entities: string[], levels = LEVELS): Script {
  return {
    beginRun: () => ({ state: 'begun' }),
    findLegalEntities: () => ({ entities, levels, neverRead: [] }),
    readRecordsPage: () => ({ read: 1, done: true }),
    acceptReading: () => ({ records: 1 }),
    discardReading: () => undefined,
    readZendeskChanges: () => ({ seen: 0, next: null }),
    compareWithZendesk: () => ({ seen: 0, next: null }),
    rankRecords: () => undefined,
    planAgain: () => undefined,
    reserveRecords: () => ({ next: null }),
    judgeLimits: () => ({ held: null }),
    countOutcomes: () => NO_TOTALS,
    takeOverClaims: () => ({ waiting: 0 }),
    planChanges: () => ({ unfinished: 0, next: null }),
    readAgain: () => ({ records: 0 }),
    finishRun: ({ error }) => ({ totals: NO_TOTALS, error }),
  };
}
