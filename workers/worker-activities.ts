import type { MetricMeter } from '@temporalio/common';
import { createActivities } from '../activities/index.ts';
import type { Config } from '../runtime/config/config.ts';
import type { Services } from '../runtime/services.ts';
import type { HousekeepingSteps, Steps } from '../workflows/steps.ts';
import { setSchedulesPaused } from './pause-schedules.ts';
import { createRequestMetrics } from './request-metrics.ts';
import { isRunOver } from './run-owner.ts';
import { startProbe } from './start-probe.ts';
import { temporalRetentionMs } from './temporal-retention.ts';
import { wakeAnnotation } from './wake-annotation.ts';
import { wakeAlerts } from './wake-alerts.ts';

/** Creates the activities of a worker and connects them to Temporal. */
export function createWorkerActivities(
  { store, temporal, withRemoteSystems, sendAlert }: Services,
  { config: { retentionDays }, metricMeter }: { config: Config; metricMeter: MetricMeter },
): Steps & HousekeepingSteps {
  return createActivities({
    store,
    withRemoteSystems,
    sendAlert,
    keepDays: retentionDays,
    countRequest: createRequestMetrics(metricMeter),
    isRunOver: (owner) => isRunOver(temporal.client, owner),
    wakeAnnotation: (input, delayMs) => wakeAnnotation(temporal.client, input, delayMs),
    wakeAlerts: (connectionId) => wakeAlerts(temporal.client, connectionId),
    setSchedulesPaused: async (connectionId, paused) => {
      await setSchedulesPaused(temporal.client, connectionId, paused);
      if (paused) await startProbe(temporal.client, connectionId, store.refusals.waits.probeMs);
    },
    temporalRetentionMs: () => temporalRetentionMs(temporal.client),
  });
}
