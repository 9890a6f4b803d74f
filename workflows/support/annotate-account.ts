import { defineSignal, setHandler } from '@temporalio/workflow';
import { CHANGED_SIGNAL, type AnnotateAccountInput } from '../contract.ts';
import { createSteps } from '../step-proxy.ts';

/** Changes that come while an account is written are collected for so long, in ms. */
const QUIET_MS = 3_000;

/**
 * Writes one account's annotation. A signal wakes it, or starts it some seconds later where it is not running, so that many events on
 * one account make few requests to the ERP. It ends when nothing has come while it wrote.
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
    await pause(QUIET_MS, 'Changes that come now are written together');
  }
}
