import type { Steps } from '../../workflows/steps.ts';
import { annotateOne } from './annotate.ts';
import type { AnnotationProblem } from './annotation-problem.ts';
import type { StepContext } from '../dependencies.ts';
import { stop } from '../failure.ts';
import { recordWorkingSupport } from './working-support.ts';

const PAGE = 200;
/** The maximum number of accounts per step that need requests to the ERP. Each needs two. */
const MAX_REQUESTED = 20;

/**
 * Writes the annotations that differ, among the accounts that have tickets or had an annotation. The others need no
 * request. If the F&O user lacks a privilege, the step skips the other accounts of that kind, which are in the same
 * entity set.
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
    const result = await annotateOne(context, input, { account, connection, obstacle });
    if (result === 'written') written += 1;
    if (result !== 'unchanged' && result !== obstacle) requested += 1;
    if (typeof result === 'object' && result.code === 'missing_privilege') denied.set(kind, result);
    if (requested === MAX_REQUESTED) return { written, next: account.organizationId };
  }
  const next = accounts.length < PAGE ? null : (accounts.at(-1)?.organizationId ?? null);
  if (next === null) await endAnnotations(context, input);
  return { written, next };
}

/** Fails after the last page if a privilege is missing. Otherwise support works again, if nothing else is to be read. */
async function endAnnotations(
  context: StepContext,
  { connectionId, usersFollow = false }: Parameters<Steps['annotateChanged']>[0],
): Promise<void> {
  const missing = await context.store.support.problems(connectionId, 'missing_privilege');
  if (missing.length > 0) throw stop('missing_privilege', missing.join(' '));
  if (!usersFollow) await recordWorkingSupport(context, connectionId);
}
