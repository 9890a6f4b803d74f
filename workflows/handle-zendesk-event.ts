import { proxyLocalActivities, setCurrentDetails } from '@temporalio/workflow';
import type { HandleZendeskEventInput } from './contract.ts';
import { createPerformer } from './perform.ts';
import type { Steps } from './steps.ts';

/** Within the workflow's own task, since most that begin late need nothing else. */
const { endEventIfRead } = proxyLocalActivities<Pick<Steps, 'endEventIfRead'>>({
  summary: 'Ask whether it has been read with others',
  startToCloseTimeout: '5 seconds',
  retry: { initialInterval: '3 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
  // Longer waits are timers, which hold up no other workflow's task.
  localRetryThreshold: '1 second',
});

/**
 * One delivery of a Zendesk webhook: the ticket or user that it names is read back, together with all others that are due,
 * so that many deliveries make few requests. What has been read since the event arrived is not read again.
 */
export async function handleZendeskEvent(input: HandleZendeskEventInput): Promise<void> {
  if ((await endEventIfRead(input)).ended) return;
  const onWait = (reason: string | null): void => setCurrentDetails(reason ?? '');
  const performer = createPerformer({ fairnessKey: input.connectionId, waitedMs: 0, onWait });
  for (;;) {
    const { waitMs } = await performer.perform('readBack', input, `Read the ${input.record} back from Zendesk`);
    if (waitMs === 0) return;
    await performer.pause(waitMs, 'Other events are gathered, to be read together');
  }
}
