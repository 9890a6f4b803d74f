import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';

/** Lets the next request find out whether a remote system is ready again. The others go on waiting until it has. */
export function endWait({ store }: StepContext, input: Parameters<Steps['endWait']>[0]): Promise<void> {
  const { connectionId, system, bucket } = input;
  return store.gates.endWait({ connectionId, system, buckets: [bucket] });
}
