import { hasAnyGo } from '../../domain/connection/go.ts';
import type { Steps } from '../../workflows/steps.ts';
import { annotateOne, mayRetry } from './annotate.ts';
import { isOfEntitySet, SET_UP_CODES, type AnnotationProblem } from './annotation-problem.ts';
import type { StepContext } from '../dependencies.ts';
import { stop } from '../failure.ts';
import { openAnnotations } from './open-annotations.ts';
import { recordWorkingSupport } from './working-support.ts';

const PAGE = 200;
/** The maximum number of accounts per step that need requests to the ERP. Each needs two. */
const MAX_REQUESTED = 20;

/**
 * Writes the annotations that differ, among the accounts that have tickets or had an annotation. The others need no
 * request. Without a go of the connection, nothing is done. If the F&O user lacks a privilege, or the field does not exist, the step skips the other accounts of that
 * kind, which are in the same entity set. A failure of one account is retried with the step only while no other account
 * was written, because then F&O may be down.
 */
export async function annotateChanged(
  context: StepContext,
  input: Parameters<Steps['annotateChanged']>[0],
): ReturnType<Steps['annotateChanged']> {
  const { store } = context;
  const { connection, gos, reasonOf } = await openAnnotations(store, input.connectionId);
  if (!hasAnyGo(gos)) return { written: 0, next: null };
  const accounts = await store.support.page(input.connectionId, { after: input.after, limit: PAGE });
  const denied = new Map<string, AnnotationProblem>();
  let [written, requested] = [0, 0];
  for (const account of accounts) {
    const { kind } = account.account;
    const obstacle = denied.get(kind);
    const isRetried = written === 0 && mayRetry(context);
    const reason = reasonOf(account.account);
    const result = await annotateOne(context, input, { account, connection, obstacle, reason, mayRetry: isRetried });
    if (result === 'written') written += 1;
    if (result === 'written' || (typeof result === 'object' && result !== obstacle)) requested += 1;
    if (typeof result === 'object' && isOfEntitySet(result)) denied.set(kind, result);
    if (requested === MAX_REQUESTED) return { written, next: account.organizationId };
  }
  const next = accounts.length < PAGE ? null : (accounts.at(-1)?.organizationId ?? null);
  if (next === null) await endAnnotations(context, input);
  return { written, next };
}

/** Fails after the last page if a privilege or a field is missing. Otherwise support works, if nothing else is to be read. */
async function endAnnotations(
  context: StepContext,
  { connectionId, usersFollow = false }: Parameters<Steps['annotateChanged']>[0],
): Promise<void> {
  for (const code of SET_UP_CODES) {
    const missing = await context.store.support.problems(connectionId, code);
    if (missing.length > 0) throw stop(code, missing.join(' '));
  }
  if (!usersFollow) await recordWorkingSupport(context, connectionId);
}
