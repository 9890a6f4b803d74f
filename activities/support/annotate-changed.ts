import type { Steps } from '../../workflows/steps.ts';
import { annotateOne, mayRetry } from './annotate.ts';
import { isOfEntitySet, SET_UP_CODES, type AnnotationProblem } from './annotation-problem.ts';
import type { StepContext } from '../dependencies.ts';
import { stop } from '../failure.ts';
import { wakeAlertsIfDue } from '../operations/deliver-alert.ts';

const PAGE = 200;
/** The maximum number of accounts per step that need requests to the ERP. Each needs two. */
const MAX_REQUESTED = 20;

/**
 * Writes the annotations that differ, among the accounts that have tickets or had an annotation. The others need no
 * request. If the F&O user lacks a privilege, or the field does not exist, the step skips the other accounts of that
 * kind, which are in the same entity set. A failure of one account is retried with the step only while no other account
 * was written, because then F&O may be down.
 */
export async function annotateChanged(
  context: StepContext,
  input: Parameters<Steps['annotateChanged']>[0],
): ReturnType<Steps['annotateChanged']> {
  const { store } = context;
  const connection = await store.connections.require(input.connectionId);
  const accounts = await store.support.page(input.connectionId, { after: input.after, limit: PAGE });
  const denied = new Map<string, AnnotationProblem>();
  let [written, requested] = [0, 0];
  for (const account of accounts) {
    const { kind } = account.account;
    const obstacle = denied.get(kind);
    const isRetried = written === 0 && mayRetry(context);
    const result = await annotateOne(context, input, { account, connection, obstacle, mayRetry: isRetried });
    if (result === 'written') written += 1;
    if (result !== 'unchanged' && result !== obstacle) requested += 1;
    if (typeof result === 'object' && isOfEntitySet(result)) denied.set(kind, result);
    if (requested === MAX_REQUESTED) return { written, next: account.organizationId };
  }
  const next = accounts.length < PAGE ? null : (accounts.at(-1)?.organizationId ?? null);
  if (next === null) await recordSupportHealth(context, input.connectionId);
  return { written, next };
}

/** Records after the last page that support works again. Fails if a privilege or a field is still missing. */
async function recordSupportHealth(context: StepContext, connectionId: string): Promise<void> {
  for (const code of SET_UP_CODES) {
    const missing = await context.store.support.problems(connectionId, code);
    if (missing.length > 0) throw stop(code, missing.join(' '));
  }
  await context.store.health.record({ connectionId, subject: 'support', problem: null });
  await wakeAlertsIfDue(context, connectionId);
}
