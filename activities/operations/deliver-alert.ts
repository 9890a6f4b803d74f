import type { ConnectionRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';

/** Delivers the oldest waiting alert of a connection. If no receiver is configured, all alerts count as delivered. */
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

/**
 * Starts the delivery of a connection's alerts if any are waiting. Steps that may have stored alerts call it at their
 * end.
 */
export async function wakeAlertsIfDue(
  { store, sendAlert, wakeAlerts }: Pick<StepContext, 'store' | 'sendAlert' | 'wakeAlerts'>,
  connectionId: string,
): Promise<void> {
  if (!(await store.health.hasAlerts(connectionId))) return;
  if (sendAlert === undefined) await store.health.delivered(connectionId);
  else await wakeAlerts(connectionId);
}
