import {
  ApplicationFailure,
  continueAsNew,
  isCancellation,
  patched,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { ReconcileSupportInput, ReconcileSupportResult } from '../contract.ts';
import { addSearchAttributes } from '../add-search-attributes.ts';
import { endsTheRun, problemOf } from '../problem.ts';
import { createSteps, type StepCalls } from '../step-proxy.ts';

/**
 * Reads changed tickets from Zendesk's export and corrects every annotation that differs. Then reads changed users. This
 * also covers changes whose webhook deliveries were lost. The annotations do not need the users, so neither part waits
 * for the other or fails because of it.
 */
export async function reconcileSupport(input: ReconcileSupportInput): Promise<ReconcileSupportResult> {
  const { connectionId } = input;
  addSearchAttributes(connectionId);
  const { steps } = createSteps(connectionId);
  const stages = patched('annotate-before-users') ? STAGES : FORMER_STAGES;
  let progress: Progress = input.progress ?? { stage: 'tickets', tickets: 0, users: 0, written: 0, after: '' };
  while (progress.stage !== 'done') {
    progress = await stages[progress.stage](connectionId, steps, progress);
    setCurrentDetails(
      `${progress.tickets} ticket(s) and ${progress.users} user(s) read, ${progress.written} account(s) written`,
    );
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof reconcileSupport>({ connectionId, progress });
  }
  const { tickets, users, written, problem } = progress;
  if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem.message, problem.code);
  return { tickets, users, written };
}

type Progress = NonNullable<ReconcileSupportInput['progress']>;
type Stage = (connectionId: string, steps: StepCalls, progress: Progress) => Promise<Progress>;
type Stages = Readonly<Record<Exclude<Progress['stage'], 'done'>, Stage>>;

const STAGES: Stages = {
  async tickets(connectionId, steps, progress) {
    const { seen, done } = await steps.readTicketChanges({ connectionId }, 'Read changed tickets');
    return { ...progress, tickets: progress.tickets + seen, stage: done ? 'annotate' : 'tickets' };
  },
  async annotate(connectionId, steps, progress) {
    const page = { connectionId, after: progress.after, usersFollow: true };
    try {
      const { written, next } = await steps.annotateChanged(page, 'Annotate the accounts that differ');
      const stage = next === null ? ('users' as const) : ('annotate' as const);
      return { ...progress, written: progress.written + written, stage, after: next ?? '' };
    } catch (error) {
      const problem = problemOf(error);
      if (isCancellation(error) || endsTheRun(problem)) throw error;
      return { ...progress, stage: 'users', after: '', problem };
    }
  },
  async users(connectionId, steps, progress) {
    const endsWell = progress.problem === undefined;
    const { seen, done } = await steps.readUserChanges({ connectionId, endsWell }, 'Read changed users');
    return { ...progress, users: progress.users + seen, stage: done ? 'done' : 'users' };
  },
};

/** The former order, for histories that began with it. */
const FORMER_STAGES: Stages = {
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
