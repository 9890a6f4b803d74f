import { continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { ReconcileSupportInput, ReconcileSupportResult } from '../contract.ts';
import { addSearchAttributes } from '../add-search-attributes.ts';
import { createSteps, type StepCalls } from '../step-proxy.ts';

/**
 * Reads changed tickets and users from Zendesk's exports, and corrects every annotation that differs. This also covers
 * changes whose webhook deliveries were lost.
 */
export async function reconcileSupport(input: ReconcileSupportInput): Promise<ReconcileSupportResult> {
  const { connectionId } = input;
  addSearchAttributes(connectionId);
  const { steps } = createSteps(connectionId);
  let progress = input.progress ?? { stage: 'tickets' as const, tickets: 0, users: 0, written: 0, after: '' };
  while (progress.stage !== 'done') {
    progress = await STAGES[progress.stage](connectionId, steps, progress);
    setCurrentDetails(
      `${progress.tickets} ticket(s) and ${progress.users} user(s) read, ${progress.written} account(s) written`,
    );
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof reconcileSupport>({ connectionId, progress });
  }
  const { tickets, users, written } = progress;
  return { tickets, users, written };
}

type Progress = NonNullable<ReconcileSupportInput['progress']>;
type Stage = (connectionId: string, steps: StepCalls, progress: Progress) => Promise<Progress>;

const STAGES: Readonly<Record<Exclude<Progress['stage'], 'done'>, Stage>> = {
  async tickets(connectionId, steps, progress) {
    const { seen, done } = await steps.readTicketChanges({ connectionId }, 'Read changed tickets');
    return { ...progress, tickets: progress.tickets + seen, stage: done ? 'users' : 'tickets' };
  },
  async users(connectionId, steps, progress) {
    const { seen, done } = await steps.readUserChanges({ connectionId }, 'Read changed users');
    return { ...progress, users: progress.users + seen, stage: done ? 'annotate' : 'users' };
  },
  async annotate(connectionId, steps, progress) {
    const page = { connectionId, after: progress.after };
    const { written, next } = await steps.annotateChanged(page, 'Annotate the accounts that differ');
    const stage = next === null ? ('done' as const) : ('annotate' as const);
    return { ...progress, written: progress.written + written, stage, after: next ?? '' };
  },
};
