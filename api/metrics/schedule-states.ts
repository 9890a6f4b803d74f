import type { Services } from '../../runtime/services.ts';
import type { Metric } from '../../store/operations/metrics.ts';

/** The time limit for Temporal during a scrape, in ms. */
const LIMIT_MS = 2_000;

/**
 * Returns whether each schedule is paused, and the metric `temporal_reachable`. It does not throw when Temporal does
 * not respond, so that the metrics of the store are reported even then.
 */
export async function readScheduleStates(temporal: Services['temporal']): Promise<Metric[]> {
  const { client, namespace } = temporal;
  try {
    const samples = await temporal.withDeadline(LIMIT_MS, async () => {
      const paused = [];
      for await (const { scheduleId, state } of client.schedule.list())
        paused.push({ labels: { schedule: scheduleId }, value: state.paused ? 1 : 0 });
      return paused;
    });
    return [{ name: 'schedule_paused', help: '1 for a schedule that is paused', samples }, reachable(namespace, 1)];
  } catch {
    return [reachable(namespace, 0)];
  }
}

function reachable(namespace: string, value: 0 | 1): Metric {
  const samples = [{ labels: { namespace }, value }];
  return { name: 'temporal_reachable', help: '0 while Temporal does not respond', samples };
}
