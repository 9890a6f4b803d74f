import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { Services } from '../runtime/services.ts';
import { proveStart } from '../runtime/temporal/prove-start.ts';
import { TASK_QUEUE } from '../workflows/contract.ts';
import { databaseProblem } from './unavailable.ts';

const LIMIT_MS = 3_000;
/** Shorter than LIMIT_MS, because the client pauses once more before it reports a call that exceeded its deadline. */
const TEMPORAL_LIMIT_MS = 2_400;
/** A proof follows the other checks. */
const PROOF_LIMIT_MS = 1_500;
const CACHE_MS = 1_000;
/**
 * A worker polls at least once a minute (the server's long poll). A worker that has not polled for longer has stopped.
 */
const MAX_POLL_AGE_MS = 90_000;

/** Responds to `GET /healthz`: this process is running. */
export const respondHealth: RequestHandler = (_request, response) => {
  response.json({ ok: true });
};

/** The services that readiness depends on. */
export type ReadinessDeps = Pick<Services, 'store' | 'temporal'>;

/** A part that is missing. Without a reason, it cannot be reached. */
interface MissingPart {
  readonly part: 'store' | 'temporal' | 'worker';
  /** A sentence about a part that answers but cannot work. */
  readonly reason?: string;
}

/**
 * Creates the handler of `GET /readyz`: 200 if the store can be written and Temporal and a worker respond, otherwise 503
 * with a list of those missing.
 */
export function createReadiness(deps: ReadinessDeps): RequestHandler {
  let last: { readonly at: number; readonly missing: Promise<MissingPart[]> } | undefined;
  return async (_request, response) => {
    const now = performance.now();
    if (!last || now - last.at > CACHE_MS) last = { at: now, missing: findMissing(deps) };
    const missing = await last.missing;
    if (missing.length === 0) {
      response.json({ ok: true });
      return;
    }
    const names = missing.map(({ part }) => part);
    response.status(503).json({ error: { code: 'not_ready', message: describeMissing(missing), missing: names } });
  };
}

function describeMissing(missing: readonly MissingPart[]): string {
  const unreached = missing.filter(({ reason }) => reason === undefined).map(({ part }) => part);
  const reasons = missing.flatMap(({ reason }) => reason ?? []);
  const sentences = [...(unreached.length > 0 ? [`${unreached.join(', ')} cannot be reached.`] : []), ...reasons];
  return `Not ready: ${sentences.join(' ')}`;
}

async function findMissing(deps: ReadinessDeps): Promise<MissingPart[]> {
  const [store, temporal] = await Promise.all([findMissingStore(deps.store), findMissingWorker(deps.temporal)]);
  return [...store, ...temporal];
}

/** A store that only answers is not enough: every event and every run writes to it. */
async function findMissingStore(store: Services['store']): Promise<MissingPart[]> {
  try {
    await withTimeout(store.proveWrite());
    return [];
  } catch (error) {
    const reason = error instanceof NoResponseError ? SLOW_STORE : databaseProblem(error);
    return [{ part: 'store', ...(reason !== undefined && { reason }) }];
  }
}

const SLOW_STORE = `The database has not stored a row within ${LIMIT_MS / 1_000} s. Check its load and its locks.`;

async function findMissingWorker(temporal: Services['temporal']): Promise<MissingPart[]> {
  const describe = (taskQueueType: TaskQueueType) =>
    temporal.withDeadline(TEMPORAL_LIMIT_MS, () =>
      temporal.connection.workflowService.describeTaskQueue({
        namespace: temporal.namespace,
        taskQueue: { name: TASK_QUEUE },
        taskQueueType,
      }),
    );
  // allSettled, because a call that is still open would retry on a connection that may be closed by then.
  const queues = await Promise.allSettled([describe(WORKFLOW_TASKS), describe(ACTIVITY_TASKS)]);
  if (queues.some(({ status }) => status === 'rejected')) return [{ part: 'temporal' }, { part: 'worker' }];
  const hasWorker = queues.every((queue) => queue.status === 'fulfilled' && isServed(queue.value));
  return [...(await findStartProblem(temporal)), ...(hasWorker ? [] : [{ part: 'worker' } as const])];
}

/**
 * Temporal can answer questions and still start nothing, for example when its database is read-only. The starts of this
 * process show it. While the last one has failed, a workflow that does nothing shows whether that is over.
 */
async function findStartProblem(temporal: Services['temporal']): Promise<MissingPart[]> {
  if (temporal.startProblem() !== undefined)
    await temporal.withDeadline(PROOF_LIMIT_MS, () => proveStart(temporal)).catch(() => undefined);
  const problem = temporal.startProblem();
  if (problem === undefined) return [];
  const reason = `Temporal answers but starts no workflow (${problem.status}). Check its database, its limits and the permissions of the API key.`;
  return [{ part: 'temporal', reason }];
}

/** `TASK_QUEUE_TYPE_WORKFLOW` and `TASK_QUEUE_TYPE_ACTIVITY` of temporal.api.enums.v1. */
const WORKFLOW_TASKS = 1 as unknown as TaskQueueType;
const ACTIVITY_TASKS = 2 as unknown as TaskQueueType;

type Describe = Services['temporal']['connection']['workflowService']['describeTaskQueue'];
type TaskQueueType = NonNullable<Parameters<Describe>[0]['taskQueueType']>;
type Queue = Awaited<ReturnType<Describe>>;
type Poller = Queue['pollers'][number];

/** `WORKER_VERSIONING_MODE_VERSIONED` of temporal.api.enums.v1. */
const VERSIONED = 2 as unknown as NonNullable<Poller['deploymentOptions']>['workerVersioningMode'];

/**
 * New workflows run on workers of the current version, or on unversioned workers if no version is current. Others do
 * not count.
 */
function isServed({ pollers, versioningInfo }: Queue): boolean {
  const current = versioningInfo?.currentDeploymentVersion;
  return pollers.filter(isFresh).some(({ deploymentOptions: options }) => {
    if (!current) return options?.workerVersioningMode !== VERSIONED;
    return options?.deploymentName === current.deploymentName && options?.buildId === current.buildId;
  });
}

function isFresh({ lastAccessTime }: Poller): boolean {
  return Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000 < MAX_POLL_AGE_MS;
}

/** Thrown when a part did not respond in time. */
class NoResponseError extends Error {
  override readonly name = 'NoResponseError';
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const timeout = sleep(LIMIT_MS, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new NoResponseError();
  });
  timeout.catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    timer.abort();
  }
}
