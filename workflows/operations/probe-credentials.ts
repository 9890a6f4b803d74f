import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { ProbeCredentialsInput } from '../contract.ts';
import { createSteps } from '../step-proxy.ts';

/**
 * Tries the rejected credentials of a connection from time to time, until they work or the connection no longer needs
 * it. Then the state of the connection is lifted and its schedules go on, without a person. The signal `wake` tries
 * them at once.
 */
export async function probeCredentials({ connectionId, everyMs }: ProbeCredentialsInput): Promise<void> {
  const { steps, pause } = createSteps(connectionId);
  for (;;) {
    await pause(everyMs, `The credentials are rejected. The next attempt is in ${Math.ceil(everyMs / 60_000)} min`);
    const { isOver } = await steps.probeCredentials({ connectionId }, 'Try the rejected credentials again');
    if (isOver) return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof probeCredentials>({ connectionId, everyMs });
  }
}
