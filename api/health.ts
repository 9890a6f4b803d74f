import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { Services } from '../runtime/services.ts';
import { TASK_QUEUE } from '../workflows/contract.ts';

const LIMIT_MS = 3_000;
/** Shorter, since a call that fails at its limit is settled only after one more pause of the client's. */
const TEMPORAL_LIMIT_MS = 2_400;
const FRESH_MS = 1_000;
/** A worker asks for work at least every minute (the server's long poll); one that is silent for longer is gone. */
const POLLER_FRESH_MS = 90_000;

/** `GET /healthz`: this process is alive. */
export const answerHealth: RequestHandler = (_request, response) => {
  response.json({ ok: true });
};

/** What readiness is judged by. */
export type ReadinessDeps = Pick<Services, 'store' | 'temporal'>;

/** `GET /readyz`: 200 once the store, Temporal and a worker are there, else 503 that names what is missing. */
export function createReadiness(deps: ReadinessDeps): RequestHandler {
  let last: { readonly at: number; readonly missing: Promise<string[]> } | undefined;
  return async (_request, response) => {
    const now = performance.now();
    if (!last || now - last.at > FRESH_MS) last = { at: now, missing: findMissing(deps) };
    const missing = await last.missing;
    if (missing.length === 0) {
      response.json({ ok: true });
      return;
    }
    const message = `Not ready: ${missing.join(', ')} cannot be reached.`;
    response.status(503).json({ error: { code: 'not_ready', message, missing } });
  };
}

async function findMissing(deps: ReadinessDeps): Promise<string[]> {
  const [store, temporal] = await Promise.all([
    within(deps.store.ping().then(() => [])).catch(() => ['store']),
    findMissingWorker(deps.temporal),
  ]);
  return [...store, ...temporal];
}

async function findMissingWorker(temporal: Services['temporal']): Promise<string[]> {
  const ask = (taskQueueType: TaskQueueType) =>
    temporal.withDeadline(TEMPORAL_LIMIT_MS, () =>
      temporal.connection.workflowService.describeTaskQueue({
        namespace: temporal.namespace,
        taskQueue: { name: TASK_QUEUE },
        taskQueueType,
      }),
    );
  // Both are waited for: a call that is left behind would try again on a connection that may be closed by then.
  const queues = await Promise.allSettled([ask(WORKFLOW_TASKS), ask(ACTIVITY_TASKS)]);
  if (queues.some(({ status }) => status === 'rejected')) return ['temporal', 'worker'];
  const works = queues.every((queue) => queue.status === 'fulfilled' && isServed(queue.value));
  return works ? [] : ['worker'];
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

/** What is new goes to workers of the version that is current, or to unversioned ones where none is: another would take nothing. */
function isServed({ pollers, versioningInfo }: Queue): boolean {
  const current = versioningInfo?.currentDeploymentVersion;
  return pollers.filter(isFresh).some(({ deploymentOptions: own }) => {
    if (!current) return own?.workerVersioningMode !== VERSIONED;
    return own?.deploymentName === current.deploymentName && own?.buildId === current.buildId;
  });
}

function isFresh({ lastAccessTime }: Poller): boolean {
  return Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000 < POLLER_FRESH_MS;
}

async function within<T>(work: Promise<T>): Promise<T> {
  const given = new AbortController();
  const tooLate = sleep(LIMIT_MS, undefined, { signal: given.signal, ref: false }).then(() => {
    throw new Error('no answer in time');
  });
  tooLate.catch(() => undefined);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    given.abort();
  }
}
