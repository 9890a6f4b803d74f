import type { ConnectionRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';

/** Tells the oldest alert of a connection that was not told; where nobody is to be told, all count as told. */
export async function tellOperator(
  { store, tell }: StepContext,
  { connectionId }: ConnectionRef,
): ReturnType<Steps['tellOperator']> {
  const next = await store.troubles.next(connectionId);
  if (next === undefined) return { subject: null, left: 0 };
  if (tell === undefined) {
    await store.troubles.told(connectionId);
    return { subject: null, left: 0 };
  }
  const { alert, untold } = next;
  await tell(alert);
  await store.troubles.told(connectionId, alert.id);
  return { subject: alert.subject, left: untold - 1 };
}

/** Has alerts of a connection told that were not told yet; a step that may have made some ends with it. */
export async function wakeOperatorIfDue(
  { store, tell, wakeOperator }: Pick<StepContext, 'store' | 'tell' | 'wakeOperator'>,
  connectionId: string,
): Promise<void> {
  if (!(await store.troubles.isUntold(connectionId))) return;
  if (tell === undefined) await store.troubles.told(connectionId);
  else await wakeOperator(connectionId);
}
