import { proxyLocalActivities } from '@temporalio/workflow';
import type { HandleZendeskEventInput } from '../contract.ts';
import { createSteps, localStepOptions } from '../step-proxy.ts';
import type { Steps } from '../steps.ts';

const { endEventIfRead } = proxyLocalActivities<Pick<Steps, 'endEventIfRead'>>(
  localStepOptions('Ask whether it has been read with others'),
);

/**
 * Handles one delivery of a Zendesk webhook: reads back the ticket or user that it names, together with all others that are due, so
 * that many deliveries make few requests. What has been read since the event arrived is not read again.
 */
export async function handleZendeskEvent(input: HandleZendeskEventInput): Promise<void> {
  if ((await endEventIfRead(input)).ended) return;
  const { steps, pause } = createSteps(input.connectionId);
  for (;;) {
    const { waitMs } = await steps.readBack(input, `Read the ${input.record} back from Zendesk`);
    if (waitMs === 0) return;
    await pause(waitMs, 'Other events are collected, to be read together');
  }
}
