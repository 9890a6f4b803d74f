import { REUSED_NUMBERS } from '../../domain/events/same-event.ts';
import type { ReusedNumbers } from '../../store/events/reused-numbers.ts';
import type { Coded } from './responses/list.ts';

/** When F&O issued ControlNumbers again, and what to do about it. Times are ISO-8601 UTC. */
export interface ReusedNumbersView extends Coded {
  readonly action: string;
  readonly firstAt: string;
  readonly lastAt: string;
}

/** Returns the part of a connection that shows reused ControlNumbers. It is empty if there were none. */
export function viewReusedNumbers(reused: ReusedNumbers | undefined): { readonly reusedNumbers?: ReusedNumbersView } {
  if (reused === undefined) return {};
  const times = { firstAt: reused.firstAt.toISOString(), lastAt: reused.lastAt.toISOString() };
  return { reusedNumbers: { code: 'numbers_reused', ...REUSED_NUMBERS, ...times } };
}
