import type { DataConverter } from '@temporalio/common';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { HousekeepingSteps, Steps } from '../workflows/steps.ts';
import { TASK_QUEUE } from '../workflows/contract.ts';

/** The parts of a worker. `overrides` are for tests that need shorter time limits. */
export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: Steps & HousekeepingSteps;
  readonly workflowBundle: { readonly code: string };
  /** The one that the bundle was made with. */
  readonly dataConverter: DataConverter;
  /** Takes part in worker versioning under this build id; absent: unversioned. */
  readonly buildId?: string | undefined;
  readonly overrides?: Partial<WorkerOptions>;
}

/** The name under which Temporal groups the versions of our workers. */
const DEPLOYMENT = 'ledgerdesk';

/** Steps that one process works on at a time: remote systems take few requests at once, and each step may hold a page. */
const STEPS_AT_ONCE = 16;

/**
 * Workflow tasks that one process works on at a time. Each takes milliseconds, so more gain nothing, and a flood of deliveries
 * then leaves Temporal free to answer others (docs/decisions/010).
 */
const WORKFLOW_TASKS_AT_ONCE = 8;

/** Creates the worker that runs all workflows and steps of Ledgerdesk. */
export function createWorker({
  connection,
  namespace,
  activities,
  workflowBundle,
  dataConverter,
  buildId,
  overrides,
}: WorkerParts): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    activities,
    workflowBundle,
    dataConverter,
    maxConcurrentActivityTaskExecutions: STEPS_AT_ONCE,
    maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS_AT_ONCE,
    maxConcurrentWorkflowTaskPolls: 4,
    // An eager step skips the task queue, and with it the fairness between connections.
    maxEagerActivityReservationsPerWorkflowTask: 0,
    // Heartbeats carry cancellations back; by default they are held back for most of the heartbeat timeout.
    maxHeartbeatThrottleInterval: '700 milliseconds',
    // A stopping worker cancels its steps after the first and ends without them after the second. Where a step has got to is in the store.
    shutdownGraceTime: '700 milliseconds',
    shutdownForceTime: '14 seconds',
    ...(buildId === undefined ? {} : { workerDeploymentOptions: versioned(buildId) }),
    ...overrides,
  });
}

/** Workflows go on under the current version, unless they are short and pinned to the one that they began under (`workflows/versioned.ts`). */
function versioned(buildId: string): NonNullable<WorkerOptions['workerDeploymentOptions']> {
  return {
    version: { deploymentName: DEPLOYMENT, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'AUTO_UPGRADE',
  };
}
