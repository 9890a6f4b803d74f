import { SYSTEM_NAMES } from '../../../domain/connection/remote-system.ts';
import { ok, type Check, type CheckResult } from './check.ts';
import type { SeenAnswers } from './seen-answers.ts';

const MAX_SKEW_MS = 60_000;

/** What a wrong clock breaks. */
const HARM = {
  dynamics: 'a proof by certificate is valid for ten minutes, and events are ordered by their times',
  zendesk: 'signed webhooks are refused when they are more than 300 s off',
} as const;

/** Creates the check that compares our clock with the dates of a system's answers so far. */
export function clockCheck(system: keyof typeof HARM, seen: SeenAnswers): Check {
  const run = (): Promise<CheckResult> => Promise.resolve(clockResult(system, seen.of(system).clockSkewMs));
  return { name: `${system}.clock`, system, run, optional: true };
}

/** Returns the result for a clock that is so many milliseconds ahead of a system's; null: its answers have no date. */
export function clockResult(system: keyof typeof HARM, skewMs: number | null): CheckResult {
  const title = SYSTEM_NAMES[system];
  if (skewMs === null) return ok(`The answers of ${title} do not tell the time.`);
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return ok(`Our clock and that of ${title} agree within a minute.`);
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const detail = `Our clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} that of ${title}: ${HARM[system]}.`;
  return {
    status: 'warn',
    detail,
    fix: 'Synchronize the clock of the machine that runs Ledgerdesk with a time server.',
  };
}
