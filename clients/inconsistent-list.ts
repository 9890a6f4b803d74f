import { contradictionText, type Contradiction } from '../domain/sync/reading/contradiction.ts';
import { generalAdvice, remoteError, type RemoteError, type RemoteSystem } from './errors.ts';

/** Returns the error for a list whose pages contradict each other twice. Its advice says how, because it is shown. */
export function inconsistentList(system: RemoteSystem, operation: string, why: Contradiction): RemoteError {
  const detail = `the pages of this list contradict each other, also when they are read once more: ${contradictionText(why)}.`;
  const advice = `The pages of this list contradict each other: ${contradictionText(why)}. Ledgerdesk has read them twice and concludes nothing from them. ${generalAdvice(system, 'inconsistent')}`;
  return remoteError({ system, operation, kind: 'inconsistent', status: 200, detail, advice });
}
