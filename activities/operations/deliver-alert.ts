import type { ConnectionRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';

/** Delivers the oldest alert of a connection that was not delivered. Where no receiver is configured, all count as delivered. */
export async function deliverAlert(
  { store, sendAlert }: StepContext,
  { connectionId }: ConnectionRef,
): ReturnType<Steps['deliverAlert']> {
  const next = await store.health.nextAlert(connectionId);
  if (next === undefined) return { subject: null, left: 0 };
  if (sendAlert === undefined) {
    await store.health.delivered(connectionId);
    return { subject: null, left: 0 };
  }
  const { alert, waiting } = next;
  await sendAlert(alert);
  await store.health.delivered(connectionId, alert.id);
  return { subject: alert.subject, left: waiting - 1 };
}

/** Starts the delivery of a connection's alerts if some are waiting; a step that may have made some ends with it. */
export async function wakeAlertsIfDue(
  { store, sendAlert, wakeAlerts }: Pick<StepContext, 'store' | 'sendAlert' | 'wakeAlerts'>,
  connectionId: string,
): Promise<void> {
  if (!(await store.health.hasAlerts(connectionId))) return;
  if (sendAlert === undefined) await store.health.delivered(connectionId);
  else await wakeAlerts(connectionId);
}
