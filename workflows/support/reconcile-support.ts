import { continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { ReconcileSupportInput, ReconcileSupportResult } from '../contract.ts';
import { makeFindable } from '../make-findable.ts';
import { createPerformer } from '../step-proxy.ts';

/**
 * Reads from Zendesk's exports what has changed in tickets and users since the last time, and makes every annotation right
 * that differs: what webhooks have lost is found here.
 */
export async function reconcileSupport(input: ReconcileSupportInput): Promise<ReconcileSupportResult> {
  const { connectionId } = input;
  makeFindable(connectionId);
  const onWait = (reason: string | null): void => setCurrentDetails(reason ?? '');
  const performer = createPerformer({ fairnessKey: connectionId, waitedMs: 0, onWait });
  let progress = input.progress ?? { stage: 'tickets' as const, tickets: 0, users: 0, written: 0, after: '' };
  while (progress.stage !== 'done') {
    progress = await STRETCHES[progress.stage](connectionId, performer, progress);
    setCurrentDetails(
      `${progress.tickets} ticket(s) and ${progress.users} user(s) read, ${progress.written} account(s) written`,
    );
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof reconcileSupport>({ connectionId, progress });
  }
  const { tickets, users, written } = progress;
  return { tickets, users, written };
}

type Progress = NonNullable<ReconcileSupportInput['progress']>;
type Stretch = (
  connectionId: string,
  performer: ReturnType<typeof createPerformer>,
  progress: Progress,
) => Promise<Progress>;

const STRETCHES: Readonly<Record<Exclude<Progress['stage'], 'done'>, Stretch>> = {
  async tickets(connectionId, { perform }, progress) {
    const { seen, done } = await perform('readTicketChanges', { connectionId }, 'Read what changed in tickets');
    return { ...progress, tickets: progress.tickets + seen, stage: done ? 'users' : 'tickets' };
  },
  async users(connectionId, { perform }, progress) {
    const { seen, done } = await perform('readUserChanges', { connectionId }, 'Read what changed in users');
    return { ...progress, users: progress.users + seen, stage: done ? 'annotate' : 'users' };
  },
  async annotate(connectionId, { perform }, progress) {
    const page = { connectionId, after: progress.after };
    const { written, next } = await perform('annotateChanged', page, 'Annotate the accounts that differ');
    const stage = next === null ? ('done' as const) : ('annotate' as const);
    return { ...progress, written: progress.written + written, stage, after: next ?? '' };
  },
};
