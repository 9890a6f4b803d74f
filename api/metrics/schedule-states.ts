import type { Services } from '../../runtime/services.ts';
import type { Metric } from '../../store/operations/metrics.ts';

/** Whoever scrapes waits no longer for Temporal than this, in ms. */
const LIMIT_MS = 2_000;

/**
 * Tells of every schedule whether it is paused, and, by the metric `temporal_reachable`, whether Temporal answered: figures of the
 * store are told even when it does not.
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
  return { name: 'temporal_reachable', help: '0 while Temporal does not answer', samples };
}
