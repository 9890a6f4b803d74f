import { setCurrentDetails } from '@temporalio/workflow';
import type { WireConnectionInput, WireConnectionResult } from '../contract.ts';
import { createPerformer } from '../step-proxy.ts';

/** Sets up in Zendesk what tells us of changes: a webhook, and a trigger where tickets cannot be subscribed to. Repeatable. */
export async function wireConnection(input: WireConnectionInput): Promise<WireConnectionResult> {
  const onWait = (reason: string | null): void => setCurrentDetails(reason ?? '');
  const performer = createPerformer({ fairnessKey: input.connectionId, waitedMs: 0, onWait });
  return performer.perform('wireZendesk', input, 'Create the webhook in Zendesk and keep its signing secret');
}
