import type { Steps } from '../../workflows/steps.ts';
import { annotateOne } from './annotate.ts';
import type { AnnotationProblem } from './annotation-problem.ts';
import type { StepContext } from '../dependencies.ts';
import { stop } from '../failure.ts';
import { wakeAlertsIfDue } from '../operations/deliver-alert.ts';

const PAGE = 200;
/** Accounts that the ERP is asked about in one step: each needs two requests. */
const MAX_ASKED = 20;

/**
 * Goes through the accounts that have tickets, or had an annotation, and writes those that differ. The others cost no request. Where
 * the ERP's user lacks a privilege, the step leaves out the other accounts of that kind, which are in the same entity set.
 */
export async function annotateChanged(
  context: StepContext,
  input: Parameters<Steps['annotateChanged']>[0],
): ReturnType<Steps['annotateChanged']> {
  const { store } = context;
  const connection = await store.connections.require(input.connectionId);
  const accounts = await store.support.page(input.connectionId, { after: input.after, limit: PAGE });
  const closed = new Map<string, AnnotationProblem>();
  let [written, asked] = [0, 0];
  for (const account of accounts) {
    const { kind } = account.account;
    const obstacle = closed.get(kind);
    const result = await annotateOne(context, input, { account, connection, obstacle });
    if (result === 'written') written += 1;
    if (result !== 'unchanged' && result !== obstacle) asked += 1;
    if (typeof result === 'object' && result.code === 'missing_privilege') closed.set(kind, result);
    if (asked === MAX_ASKED) return { written, next: account.organizationId };
  }
  const next = accounts.length < PAGE ? null : (accounts.at(-1)?.organizationId ?? null);
  if (next === null) await recordSupportHealth(context, input.connectionId);
  return { written, next };
}

/** Records at the end of a whole reading that support works again, unless a privilege is still missing. */
async function recordSupportHealth(context: StepContext, connectionId: string): Promise<void> {
  const missing = await context.store.support.problems(connectionId, 'missing_privilege');
  if (missing.length > 0) throw stop('missing_privilege', missing.join(' '));
  await context.store.health.record({ connectionId, subject: 'support', problem: null });
  await wakeAlertsIfDue(context, connectionId);
}
