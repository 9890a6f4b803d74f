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
  /** The data converter with which the bundle was created. */
  readonly dataConverter: DataConverter;
  /** The build id for worker versioning; without it, the worker is unversioned. */
  readonly buildId?: string | undefined;
  readonly overrides?: Partial<WorkerOptions>;
}

/** The deployment name under which Temporal groups the versions of our workers. */
const DEPLOYMENT = 'ledgerdesk';

/**
 * Concurrent steps per process. Remote systems allow few concurrent requests, and each step may hold a page in memory.
 */
const MAX_CONCURRENT_STEPS = 16;

/**
 * Concurrent workflow tasks per process. Each takes milliseconds, so a higher number gains nothing, and it would keep
 * Temporal from answering others when many events arrive (docs/decisions/010).
 */
const MAX_CONCURRENT_WORKFLOW_TASKS = 8;

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
    maxConcurrentActivityTaskExecutions: MAX_CONCURRENT_STEPS,
    maxConcurrentWorkflowTaskExecutions: MAX_CONCURRENT_WORKFLOW_TASKS,
    maxConcurrentWorkflowTaskPolls: 4,
    // An eager step bypasses the task queue, and with it the fairness between connections.
    maxEagerActivityReservationsPerWorkflowTask: 0,
    // Answers to heartbeats carry cancellations. By default, heartbeats are delayed for most of the heartbeat timeout.
    maxHeartbeatThrottleInterval: '700 milliseconds',
    // A stopping worker cancels its steps after the first time and ends without them after the second. Their progress
    // is in the store.
    shutdownGraceTime: '700 milliseconds',
    shutdownForceTime: '14 seconds',
    ...(buildId === undefined ? {} : { workerDeploymentOptions: versioned(buildId) }),
    ...overrides,
  });
}

/**
 * Lets workflows continue under the current version. Short ones are pinned to their first one
 * (`workflows/versioned.ts`).
 */
function versioned(buildId: string): NonNullable<WorkerOptions['workerDeploymentOptions']> {
  return {
    version: { deploymentName: DEPLOYMENT, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'AUTO_UPGRADE',
  };
}
