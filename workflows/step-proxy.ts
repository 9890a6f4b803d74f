import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  defineSignal,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  type ActivityOptions,
  type LocalActivityOptions,
} from '@temporalio/workflow';
import { SYSTEM_NAMES, type RemoteSystem } from '../domain/connection/remote-system.ts';
import { WAKE_SIGNAL, priorityOf } from './contract.ts';
import type { Steps } from './steps.ts';

/**
 * The steps as workflows call them, with an input and a summary for operators. When a step meets a rate limit, the
 * workflow waits on a timer and runs the step again.
 */
export type StepCalls = {
  readonly [Name in keyof Steps]: (
    input: Parameters<Steps[Name]>[0],
    summary: string,
  ) => Promise<Awaited<ReturnType<Steps[Name]>>>;
};

/** The steps and waits of a workflow. */
export interface StepProxy {
  readonly steps: StepCalls;
  /** Waits on a timer whose summary is the reason. The signal `wake` ends the wait early. */
  readonly pause: (ms: number, reason: string) => Promise<void>;
  /** Returns the time that this workflow has waited for remote systems, in milliseconds. */
  readonly waitedMs: () => number;
}

/** The details of a `RateLimited` failure, as `activities/failure.ts` creates them. */
interface RateLimit {
  readonly system: RemoteSystem;
  readonly bucket: string;
  readonly waitMs: number;
}

/**
 * Returns the options of a step. A lost worker is noticed within seconds, and a failed step is retried without a limit.
 */
export function stepOptions(summary: string, fairnessKey: string): ActivityOptions {
  return {
    summary,
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout: '15 seconds',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    priority: priorityOf(fairnessKey),
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
  };
}

/**
 * Returns the options of a step that runs within the workflow task. It only reads the store: most workflows that start
 * with a delay need nothing else. Retries after more than a second are timers, which do not block the task.
 */
export function localStepOptions(summary: string): LocalActivityOptions {
  return {
    summary,
    startToCloseTimeout: '5 seconds',
    retry: { initialInterval: '3 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
    localRetryThreshold: '1 second',
  };
}

/**
 * Creates the steps of one workflow. The connection is the fairness key, so no connection delays the others. The Web UI
 * shows the reason of each wait. `waitedMs` is the time that earlier histories of the same workflow have waited.
 */
export function createSteps(connectionId: string, waitedMs = 0): StepProxy {
  const waited = { ms: waitedMs };
  const wait = createWait();
  const attempt = (name: keyof Steps, input: unknown, summary: string): Promise<unknown> => {
    const step = proxyActivities<Steps>(stepOptions(summary, connectionId))[name] as (
      given: unknown,
    ) => Promise<unknown>;
    return step(input);
  };
  const waitOut = async (limit: RateLimit): Promise<'over' | 'woken'> => {
    const since = Date.now();
    try {
      return await wait(limit.waitMs, describeLimit(limit));
    } finally {
      waited.ms += Date.now() - since;
    }
  };
  const callStep = async (name: keyof Steps, input: unknown, summary: string): Promise<unknown> => {
    for (;;) {
      try {
        return await attempt(name, input, summary);
      } catch (error) {
        const limit = rateLimitOf(error);
        if (limit === undefined) throw error;
        if ((await waitOut(limit)) === 'over') continue;
        const { system, bucket } = limit;
        const summary = `Try ${SYSTEM_NAMES[system]} before its wait is over, because a person asked for it`;
        await attempt('endWait', { connectionId, system, bucket }, summary);
      }
    }
  };
  const stepNamed = (name: keyof Steps) => (input: unknown, summary: string) => callStep(name, input, summary);
  return {
    steps: new Proxy({} as StepCalls, { get: (_target, name) => stepNamed(name as keyof Steps) }),
    async pause(ms, reason) {
      await wait(ms, reason);
    },
    waitedMs: () => waited.ms,
  };
}

/** Creates the wait of a workflow, which the signal `wake` ends early. */
function createWait(): (ms: number, reason: string) => Promise<'over' | 'woken'> {
  const wakes = { count: 0 };
  setHandler(defineSignal(WAKE_SIGNAL), () => {
    wakes.count += 1;
  });
  return async (ms, reason) => {
    const seen = wakes.count;
    setCurrentDetails(reason);
    const woken = await condition(() => wakes.count > seen, ms, { summary: reason });
    setCurrentDetails('');
    return woken ? 'woken' : 'over';
  };
}

function describeLimit({ system, bucket, waitMs }: RateLimit): string {
  const what = bucket === 'account' ? '' : ` (${bucket})`;
  return `${SYSTEM_NAMES[system]} asked us to wait${what}: ${Math.ceil(waitMs / 1_000)} s`;
}

function rateLimitOf(error: unknown): RateLimit | undefined {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) return undefined;
  return error.cause.type === 'RateLimited' ? (error.cause.details?.[0] as RateLimit) : undefined;
}
