import type { WireConnectionInput, WireConnectionResult } from '../contract.ts';
import { createSteps } from '../step-proxy.ts';

/** Sets up in Zendesk what reports changes: a webhook, and a trigger where tickets cannot be subscribed to. It can be repeated. */
export async function wireConnection(input: WireConnectionInput): Promise<WireConnectionResult> {
  const { steps } = createSteps(input.connectionId);
  return steps.wireZendesk(input, 'Create the webhook in Zendesk and keep its signing secret');
}
