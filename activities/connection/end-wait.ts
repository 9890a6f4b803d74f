import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';

/** Lets the next request probe a remote system. Other requests wait until the probe has succeeded. */
export function endWait({ store }: StepContext, input: Parameters<Steps['endWait']>[0]): Promise<void> {
  const { connectionId, system, bucket } = input;
  return store.gates.endWait({ connectionId, system, buckets: [bucket] });
}
