import { defineSignal, setHandler } from '@temporalio/workflow';
import { CHANGED_SIGNAL, type AnnotateAccountInput } from '../contract.ts';
import { createPerformer } from '../step-proxy.ts';

/** Changes that come while an account is written are gathered for so long, in ms. */
const QUIET_MS = 3_000;

/**
 * Writes one account's annotation. Woken by a signal that starts it some seconds late where it does not run, so that many
 * events on one account make few calls to the ERP; ends when nothing has come while it wrote.
 */
export async function annotateAccount(input: AnnotateAccountInput): Promise<void> {
  const { connectionId, legalEntity, kind, accountNumber: key } = input;
  const changes = { count: 0 };
  setHandler(defineSignal(CHANGED_SIGNAL), () => {
    changes.count += 1;
  });
  const performer = createPerformer({ fairnessKey: connectionId, waitedMs: 0, onWait: () => undefined });
  const account = { connectionId, legalEntity, kind, key };
  for (;;) {
    const written = changes.count;
    await performer.perform('annotate', account, `Annotate ${kind} ${key} in Dynamics 365`);
    if (changes.count === written) return;
    await performer.pause(QUIET_MS, 'What changes next is written with it');
  }
}
