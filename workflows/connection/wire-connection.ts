import type { WireConnectionInput, WireConnectionResult } from '../contract.ts';
import { createSteps } from '../step-proxy.ts';

/**
 * Creates the webhook in Zendesk that reports changes, and a trigger if tickets cannot be subscribed to. It can be
 * repeated.
 */
export async function wireConnection(input: WireConnectionInput): Promise<WireConnectionResult> {
  const { steps } = createSteps(input.connectionId);
  return steps.wireZendesk(input, 'Create the webhook in Zendesk and store its signing secret');
}
