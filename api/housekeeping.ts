import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import type { Log } from '../runtime/log/log.ts';
import type { Services } from '../runtime/services.ts';
import { TASK_QUEUE, WORKFLOW_TYPES } from '../workflows/contract.ts';
import { HOUSEKEEPING_ID } from '../workflows/ids.ts';
import { putSchedule } from './put-schedule.ts';

/** What the schedule is kept with. */
export interface HousekeepingDeps {
  readonly temporal: Pick<Services['temporal'], 'client' | 'withDeadline'>;
  readonly log: Log;
}

const LIMIT_MS = 5_000;
const AGAIN_MS = 10_000;

const OPTIONS = {
  scheduleId: HOUSEKEEPING_ID,
  spec: { intervals: [{ every: '1 day', offset: '3 hours' }], jitter: '30 minutes' },
  action: {
    type: 'startWorkflow' as const,
    workflowType: WORKFLOW_TYPES.sweepStore,
    workflowId: HOUSEKEEPING_ID,
    taskQueue: TASK_QUEUE,
    args: [{}],
    staticSummary: 'Erase what is older than it is kept',
    priority: { fairnessKey: HOUSEKEEPING_ID },
  },
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' },
};

/**
 * Sees to it that the daily sweep is scheduled; one that a person has paused stays paused. Temporal may be away while the
 * api starts: it is tried again until it is done, or `signal` ends it.
 */
export async function ensureHousekeeping({ temporal, log }: HousekeepingDeps, signal: AbortSignal): Promise<void> {
  let isTold = false;
  while (!signal.aborted) {
    try {
      await temporal.withDeadline(LIMIT_MS, () => putSchedule(temporal.client.schedule, OPTIONS));
      return;
    } catch (error) {
      if (!isTold) log.warn({ err: error }, 'the schedule of the daily sweep could not be made yet');
      isTold = true;
      await sleep(AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
