import { defineSignal, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { CHANGED_SIGNAL, type TellOperatorInput } from '../contract.ts';
import { createPerformer } from '../step-proxy.ts';

/**
 * Tells the operator every alert of a connection, one after the other in their order; a receiver that is away is tried again
 * for as long as it takes. Started and woken by a signal; ends when nothing is left to tell.
 */
export async function tellOperator({ connectionId }: TellOperatorInput): Promise<void> {
  const changes = { count: 0 };
  setHandler(defineSignal(CHANGED_SIGNAL), () => {
    changes.count += 1;
  });
  const { perform } = createPerformer({ fairnessKey: connectionId, waitedMs: 0, onWait: () => undefined });
  for (;;) {
    const seen = changes.count;
    const { subject, left } = await perform('tellOperator', { connectionId }, 'Tell the operator what has changed');
    if (subject !== null) setCurrentDetails(`Told of: ${subject}; ${left} left`);
    if (left === 0 && changes.count === seen) return;
  }
}
