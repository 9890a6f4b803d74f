import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  defineSignal,
  proxyActivities,
  setHandler,
  type ActivityOptions,
  type LocalActivityOptions,
} from '@temporalio/workflow';
import { WAKE_SIGNAL, priorityOf } from './contract.ts';
import type { Steps } from './steps.ts';

/** Performs a step under a summary that a support person understands; waits out rate limits by timers and goes on. */
export type Perform = <Name extends keyof Steps>(
  name: Name,
  input: Parameters<Steps[Name]>[0],
  summary: string,
) => Promise<StepResult<Name>>;

type StepResult<Name extends keyof Steps> = Steps[Name] extends (input: never) => Promise<infer Result>
  ? Result
  : never;

/** What a workflow uses to get work done. */
export interface Performer {
  readonly perform: Perform;
  /** Waits on a timer that says why; the signal `wake` ends it early. */
  pause(ms: number, reason: string): Promise<void>;
  /** How long this workflow has waited for far systems, in milliseconds. */
  waitedMs(): number;
}

/** A far system that asked for a wait, as `activities/failure.ts` tells it. */
interface RateLimit {
  readonly system: string;
  readonly bucket: string;
  readonly waitMs: number;
}

const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  zendesk: 'Zendesk',
  dynamics: 'Dynamics 365',
  entra: 'Microsoft Entra',
};

/** How every step is run: noticed within seconds when its worker is lost, and tried again for as long as it takes. */
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
 * How a workflow asks the store something within its own task, since most that begin late need nothing else. Longer waits
 * are timers, which hold up no other workflow's task.
 */
export function askOptions(summary: string): LocalActivityOptions {
  return {
    summary,
    startToCloseTimeout: '5 seconds',
    retry: { initialInterval: '3 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
    localRetryThreshold: '1 second',
  };
}

/**
 * Builds the performer of one workflow. `fairnessKey` is the connection, so that one customer's work never crowds out
 * another's; `onWait` is told the reason of each wait, and null when it is over.
 */
export function createPerformer(options: {
  fairnessKey: string;
  waitedMs: number;
  onWait: (reason: string | null) => void;
}): Performer {
  const wakes = { count: 0 };
  const waited = { ms: options.waitedMs };
  setHandler(defineSignal(WAKE_SIGNAL), () => {
    wakes.count += 1;
  });
  const wait = async (ms: number, reason: string): Promise<'over' | 'woken'> => {
    const seen = wakes.count;
    options.onWait(reason);
    const woken = await condition(() => wakes.count > seen, ms, { summary: reason });
    options.onWait(null);
    return woken ? 'woken' : 'over';
  };
  const attempt: Perform = (name, input, summary) => {
    const steps = proxyActivities<Steps>(stepOptions(summary, options.fairnessKey));
    const step = steps[name] as (given: typeof input) => Promise<StepResult<typeof name>>;
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
  const perform: Perform = async (name, input, summary) => {
    for (;;) {
      try {
        return await attempt(name, input, summary);
      } catch (error) {
        const limit = rateLimitOf(error);
        if (limit === undefined) throw error;
        if ((await waitOut(limit)) === 'over') continue;
        const { system, bucket } = limit;
        const ended = { connectionId: input.connectionId, system, bucket };
        await attempt('endWait', ended, `Try ${nameOf(system)} before its wait is over, since somebody said so`);
      }
    }
  };
  const pause: Performer['pause'] = async (ms, reason) => {
    await wait(ms, reason);
  };
  return { perform, pause, waitedMs: () => waited.ms };
}

function nameOf(system: string): string {
  return SYSTEM_NAMES[system] ?? system;
}

function describeLimit({ system, bucket, waitMs }: RateLimit): string {
  const what = bucket === 'account' ? '' : ` (${bucket})`;
  return `${nameOf(system)} asked us to wait${what}: ${Math.ceil(waitMs / 1_000)} s`;
}

function rateLimitOf(error: unknown): RateLimit | undefined {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) return undefined;
  return error.cause.type === 'RateLimited' ? (error.cause.details?.[0] as RateLimit) : undefined;
}
