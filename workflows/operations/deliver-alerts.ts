import { defineSignal, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { CHANGED_SIGNAL, type DeliverAlertsInput } from '../contract.ts';
import { createSteps } from '../step-proxy.ts';

/**
 * Delivers the alerts of a connection in their order. Retries as long as the receiver is down. A signal starts and
 * wakes it. It ends when no alert is left.
 */
export async function deliverAlerts({ connectionId }: DeliverAlertsInput): Promise<void> {
  const changes = { count: 0 };
  setHandler(defineSignal(CHANGED_SIGNAL), () => {
    changes.count += 1;
  });
  const { steps } = createSteps(connectionId);
  for (;;) {
    const seen = changes.count;
    const { subject, left } = await steps.deliverAlert({ connectionId }, 'Deliver an alert to the operator');
    if (subject !== null) setCurrentDetails(`Delivered: ${subject}; ${left} left`);
    if (left === 0 && changes.count === seen) return;
  }
}
