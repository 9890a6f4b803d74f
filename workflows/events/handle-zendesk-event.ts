import { proxyLocalActivities } from '@temporalio/workflow';
import type { HandleZendeskEventInput } from '../contract.ts';
import { createSteps, localStepOptions } from '../step-proxy.ts';
import type { Steps } from '../steps.ts';

const { endEventIfRead } = proxyLocalActivities<Pick<Steps, 'endEventIfRead'>>(
  localStepOptions('Check whether it was read for another event'),
);

/**
 * Handles one delivery of a Zendesk webhook: reads the ticket or user that it names, together with all others that are
 * due, so that many deliveries need few requests. A record that was read since the event arrived is not read again.
 */
export async function handleZendeskEvent(input: HandleZendeskEventInput): Promise<void> {
  if ((await endEventIfRead(input)).ended) return;
  const { steps, pause } = createSteps(input.connectionId);
  for (;;) {
    const { waitMs } = await steps.readBack(input, `Read the ${input.record} from Zendesk`);
    if (waitMs === 0) return;
    await pause(waitMs, 'Collecting further events, to read their records together');
  }
}
