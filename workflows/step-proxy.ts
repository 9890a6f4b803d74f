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
 * The steps as workflows call them: each takes its input, and a summary that a support person understands. A step that meets a rate
 * limit is waited for by a timer and tried again.
 */
export type StepCalls = {
  readonly [Name in keyof Steps]: (
    input: Parameters<Steps[Name]>[0],
    summary: string,
  ) => Promise<Awaited<ReturnType<Steps[Name]>>>;
};

/** What a workflow uses to get work done. */
export interface StepProxy {
  readonly steps: StepCalls;
  /** Waits on a timer that says why; the signal `wake` ends it early. */
  readonly pause: (ms: number, reason: string) => Promise<void>;
  /** Returns for how long this workflow has waited for remote systems, in milliseconds. */
  readonly waitedMs: () => number;
}

/** A remote system that asked for a wait, as `activities/failure.ts` writes it. */
interface RateLimit {
  readonly system: RemoteSystem;
  readonly bucket: string;
  readonly waitMs: number;
}

/** Returns how every step is run: a lost worker is noticed within seconds, and the step is retried for as long as it takes. */
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
 * Returns how a workflow asks the store something within its own task, since most that begin late need nothing else. Longer waits
 * are timers, which hold up no other workflow's task.
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
 * Creates the steps of one workflow. The connection is the fairness key, so that one customer's work never crowds out another's.
 * The Web UI shows the reason of each wait. `waitedMs` is what earlier histories of the same workflow have waited.
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
  const perform = async (name: keyof Steps, input: unknown, summary: string): Promise<unknown> => {
    for (;;) {
      try {
        return await attempt(name, input, summary);
      } catch (error) {
        const limit = rateLimitOf(error);
        if (limit === undefined) throw error;
        if ((await waitOut(limit)) === 'over') continue;
        const { system, bucket } = limit;
        const early = `Try ${SYSTEM_NAMES[system]} before its wait is over, since a person asked for it`;
        await attempt('endWait', { connectionId, system, bucket }, early);
      }
    }
  };
  const call = (name: keyof Steps) => (input: unknown, summary: string) => perform(name, input, summary);
  return {
    steps: new Proxy({} as StepCalls, { get: (_target, name) => call(name as keyof Steps) }),
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
