import { defineSignal, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { CHANGED_SIGNAL, type DeliverAlertsInput } from '../contract.ts';
import { createSteps } from '../step-proxy.ts';

/**
 * Delivers every alert of a connection, one after the other in their order; a receiver that is down is retried for as long as it
 * takes. It is started and woken by a signal, and ends when nothing is left to deliver.
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
