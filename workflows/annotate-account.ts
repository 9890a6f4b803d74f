import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { CHANGED_SIGNAL, type AnnotateAccountInput } from './contract.ts';
import { createPerformer } from './perform.ts';

/** How long it must have been quiet before an account is written, in ms, and how long it waits for that at most. */
const QUIET_MS = 3_000;
const LONGEST_GATHERING_MS = 15_000;

/**
 * Writes one account's annotation once its tickets have been quiet for a moment: many events on one account make few calls
 * to the ERP. Started and woken by a signal; ends when nothing has come while it wrote.
 */
export async function annotateAccount(input: AnnotateAccountInput): Promise<void> {
  const { connectionId, legalEntity, kind, accountNumber: key } = input;
  const changes = { count: 0 };
  setHandler(defineSignal(CHANGED_SIGNAL), () => {
    changes.count += 1;
  });
  const performer = createPerformer({ fairnessKey: connectionId, waitedMs: 0, onWait: () => undefined });
  for (;;) {
    const written = await gather(changes);
    await performer.perform(
      'annotate',
      { connectionId, legalEntity, kind, key },
      `Annotate ${kind} ${key} in Dynamics 365`,
    );
    if (changes.count === written) return;
  }
}

/** Waits until no change has come for a while; answers how many had come by then. */
async function gather(changes: { readonly count: number }): Promise<number> {
  for (let waited = 0; waited < LONGEST_GATHERING_MS; waited += QUIET_MS) {
    const before = changes.count;
    await condition(() => changes.count > before, QUIET_MS, { summary: 'Wait until the account is quiet' });
    if (changes.count === before) break;
  }
  return changes.count;
}
