import type { StepContext } from '../dependencies.ts';
import { wakeAlertsIfDue } from '../operations/deliver-alert.ts';

/** Records that the support load of a connection was read and written without a problem. */
export async function recordWorkingSupport(
  context: Pick<StepContext, 'store' | 'sendAlert' | 'wakeAlerts'>,
  connectionId: string,
): Promise<void> {
  await context.store.health.record({ connectionId, subject: 'support', problem: null });
  await wakeAlertsIfDue(context, connectionId);
}
