import { REUSED_NUMBERS } from '../../../domain/events/same-event.ts';
import type { Store } from '../../../store/store.ts';
import type { Check, CheckResult } from './check.ts';

/** Returns the check that warns of ControlNumbers that F&O has issued again; none if it has not. */
export async function reusedNumbersChecks(
  connectionId: string,
  { reusedNumbers }: Pick<Store, 'reusedNumbers'>,
): Promise<readonly Check[]> {
  const reused = await reusedNumbers.get(connectionId);
  if (reused === undefined) return [];
  const period = `First at ${reused.firstAt.toISOString()}, last at ${reused.lastAt.toISOString()}.`;
  const result: CheckResult = {
    status: 'warn',
    detail: `${REUSED_NUMBERS.message} ${period}`,
    fix: REUSED_NUMBERS.action,
  };
  return [{ name: 'dynamics.controlNumbers', system: 'dynamics', run: () => Promise.resolve(result), optional: true }];
}
