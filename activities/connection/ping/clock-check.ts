import type { FarSystem } from '../../../clients/errors.ts';
import { ok, type Finding, type Look } from './check.ts';
import type { SeenAnswers } from './seen-answers.ts';

const LARGEST_SKEW_MS = 60_000;

/** What suffers from a wrong clock. */
const HARM = {
  dynamics: 'a proof by certificate holds for ten minutes, and events are told by their times',
  zendesk: 'signed webhooks are refused beyond 300 s',
} as const;

/** Compares our clock with the dates of a system's answers so far. */
export function clockLook(system: keyof typeof HARM, seen: SeenAnswers): Look {
  const look = (): Promise<Finding> => Promise.resolve(judgeClock(system, seen.of(system).clockSkewMs));
  return { name: `${system}.clock`, system, look, optional: true };
}

/** Judges by how many milliseconds our clock is ahead of a system's; null: it has not told the time. */
export function judgeClock(system: keyof typeof HARM, skewMs: number | null): Finding {
  const title = TITLES[system];
  if (skewMs === null) return ok(`${title} has not told the time.`);
  if (Math.abs(skewMs) <= LARGEST_SKEW_MS) return ok(`Our clock and that of ${title} agree within a minute.`);
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const detail = `Our clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} that of ${title}: ${HARM[system]}.`;
  return { status: 'warn', detail, fix: 'Let the machine that runs Ledgerdesk take its time from a time server.' };
}

const TITLES: Readonly<Record<FarSystem, string>> = { entra: 'Entra', dynamics: 'F&O', zendesk: 'Zendesk' };
