import { SYSTEM_NAMES } from '../../../domain/connection/remote-system.ts';
import { ok, type Check, type CheckResult } from './check.ts';
import type { SeenAnswers } from './seen-answers.ts';

const MAX_SKEW_MS = 60_000;

/** The consequences of a wrong clock. */
const HARM = {
  dynamics: 'Certificate credentials are valid for ten minutes only, and events are ordered by their times.',
  zendesk: 'Ledgerdesk refuses signed webhooks whose time differs by more than 300 s.',
} as const;

/** Creates the check that compares the clock of this machine with the dates in a system's answers. */
export function clockCheck(system: keyof typeof HARM, seen: SeenAnswers): Check {
  const run = (): Promise<CheckResult> => Promise.resolve(clockResult(system, seen.of(system).clockSkewMs));
  return { name: `${system}.clock`, system, run, optional: true };
}

/** Returns the result for a clock that is `skewMs` ahead of that of a system; null if its answers have no date. */
export function clockResult(system: keyof typeof HARM, skewMs: number | null): CheckResult {
  const title = SYSTEM_NAMES[system];
  if (skewMs === null) return ok(`The answers of ${title} contain no time.`);
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return ok(`The clocks of this machine and of ${title} agree within a minute.`);
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const direction = skewMs > 0 ? 'ahead of' : 'behind';
  const detail = `The clock of this machine is ${seconds} s ${direction} that of ${title}. ${HARM[system]}`;
  return {
    status: 'warn',
    detail,
    fix: 'Synchronize the clock of the machine that runs Ledgerdesk with a time server.',
  };
}
