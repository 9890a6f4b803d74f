import { defineSignal, setHandler } from '@temporalio/workflow';
import { CHANGED_SIGNAL, type AnnotateAccountInput } from '../contract.ts';
import { createSteps } from '../step-proxy.ts';

/** The time for which changes during a write are collected, in milliseconds. */
const QUIET_MS = 3_000;

/**
 * Writes the annotation of one account. A signal wakes it, or starts it with a delay if it is not running, so that many
 * events of one account cause few requests to the ERP. It ends when no signal arrived during the write.
 */
export async function annotateAccount(input: AnnotateAccountInput): Promise<void> {
  const { connectionId, legalEntity, kind, accountNumber: key } = input;
  const changes = { count: 0 };
  setHandler(defineSignal(CHANGED_SIGNAL), () => {
    changes.count += 1;
  });
  const { steps, pause } = createSteps(connectionId);
  const account = { connectionId, legalEntity, kind, key };
  for (;;) {
    const written = changes.count;
    await steps.annotate(account, `Annotate ${kind} ${key} in Dynamics 365`);
    if (changes.count === written) return;
    await pause(QUIET_MS, 'Collecting further changes, to write them together');
  }
}
