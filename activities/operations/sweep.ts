import { EVENT_MEMORY_DAYS } from '../../domain/operations/sweep.ts';
import type { HousekeepingSteps } from '../../workflows/steps.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { wakeAlertsIfDue } from './deliver-alert.ts';

/** Batches per step. A step with this many ends within seconds. */
const BATCHES = 20;
const DAY_MS = 86_400_000;

type SweepInput = Parameters<HousekeepingSteps['sweep']>[0];

/** Deletes a few batches of one part whose retention period is over. */
export async function sweep(
  dependencies: ActivityDependencies,
  { part, after: begin }: SweepInput,
): ReturnType<HousekeepingSteps['sweep']> {
  const { store, keepDays, temporalRetentionMs } = dependencies;
  if (begin === '' && part === 'runs') await endAbandonedRuns(dependencies);
  if (begin === '' && part === 'alerts') await wakeAllAlerts(dependencies);
  if (begin === '' && part === 'alerts') await probeAllRejected(dependencies);
  const memoryDays = Math.ceil((await temporalRetentionMs()) / DAY_MS) + EVENT_MEMORY_DAYS;
  const retention = { keepDays, rememberDays: Math.max(keepDays, memoryDays) };
  let [erased, after]: [number, string | null] = [0, begin];
  for (let batch = 0; batch < BATCHES && after !== null; batch += 1) {
    const swept = await store.retention.sweep(part, retention, after);
    erased += swept.erased;
    after = swept.after;
  }
  return { erased, after };
}

/** Ends runs whose workflows were terminated. Otherwise their staged rows would never be deleted. */
async function endAbandonedRuns({ store, isRunOver }: ActivityDependencies): Promise<void> {
  for (const run of await store.retention.longRunning()) if (await isRunOver(run)) await store.runs.abandon(run.runId);
}

/** Starts the probe of connections whose credentials were rejected, in case it was terminated or never started. */
async function probeAllRejected({ store, setSchedulesPaused }: ActivityDependencies): Promise<void> {
  for (const { id, state } of await store.connections.list())
    if (state === 'needs_reconnect') await setSchedulesPaused(id, true);
}

async function wakeAllAlerts(dependencies: ActivityDependencies): Promise<void> {
  for (const connectionId of await dependencies.store.health.connectionsWithAlerts())
    await wakeAlertsIfDue(dependencies, connectionId);
}
