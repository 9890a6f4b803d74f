import { SYSTEM_NAMES } from '../../domain/connection/remote-system.ts';
import type { UnconfirmedRefusal } from '../../store/connection/refusals.ts';
import type { Coded } from './responses/list.ts';

/** Describes a refusal that is not confirmed: who refused what, and when the next attempt is. */
export function describeRefusal(refusal: UnconfirmedRefusal): Coded {
  const { system, operation, code, attempts, neededAttempts, nextAt } = refusal;
  const answer = code === null ? '' : ` (${code})`;
  const message = `${SYSTEM_NAMES[system]} refused "${operation}"${answer}: refusal ${attempts} of ${neededAttempts}. A single refusal may be temporary, so Ledgerdesk tries again at ${nextAt.toISOString()} before it stops.`;
  return { code: 'refusal_unconfirmed', message };
}
