import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import type { Log } from '../runtime/log/log.ts';
import type { Services } from '../runtime/services.ts';
import { TASK_QUEUE, WORKFLOW_TYPES } from '../workflows/contract.ts';
import { HOUSEKEEPING_ID } from '../workflows/ids.ts';
import { putSchedule } from './put-schedule.ts';

/** The dependencies of `ensureHousekeeping`. */
export interface HousekeepingDeps {
  readonly temporal: Pick<Services['temporal'], 'client' | 'withDeadline'>;
  readonly log: Log;
}

const LIMIT_MS = 5_000;
const RETRY_MS = 10_000;

const OPTIONS = {
  scheduleId: HOUSEKEEPING_ID,
  spec: { intervals: [{ every: '1 day', offset: '3 hours' }], jitter: '30 minutes' },
  action: {
    type: 'startWorkflow' as const,
    workflowType: WORKFLOW_TYPES.sweepStore,
    workflowId: HOUSEKEEPING_ID,
    taskQueue: TASK_QUEUE,
    args: [{}],
    staticSummary: 'Delete data that is older than its retention period',
    priority: { fairnessKey: HOUSEKEEPING_ID },
  },
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' },
};

/**
 * Creates or updates the schedule of the daily cleanup. A paused schedule stays paused. Temporal may not respond yet
 * while the api starts, so this is retried until it succeeds or `signal` is aborted.
 */
export async function ensureHousekeeping({ temporal, log }: HousekeepingDeps, signal: AbortSignal): Promise<void> {
  let isLogged = false;
  while (!signal.aborted) {
    try {
      await temporal.withDeadline(LIMIT_MS, () => putSchedule(temporal.client.schedule, OPTIONS));
      return;
    } catch (error) {
      if (!isLogged)
        log.warn({ err: error }, 'the schedule "housekeeping" of the daily cleanup could not be created yet; retrying');
      isLogged = true;
      await sleep(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
