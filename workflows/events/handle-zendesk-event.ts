import { proxyLocalActivities, setCurrentDetails } from '@temporalio/workflow';
import type { HandleZendeskEventInput } from '../contract.ts';
import { askOptions, createPerformer } from '../step-proxy.ts';
import type { Steps } from '../steps.ts';

const { endEventIfRead } = proxyLocalActivities<Pick<Steps, 'endEventIfRead'>>(
  askOptions('Ask whether it has been read with others'),
);

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
