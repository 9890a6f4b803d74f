/**
 * A part of a connection whose health is tracked: its syncs, its credentials, its support load, and whether its syncs
 * are held until a person approves.
 */
export type HealthSubject = 'sync' | 'credentials' | 'support' | 'held';

/** Codes of failures that come from the credentials. There is one alert for them, whatever fails because of them. */
const CREDENTIAL_CODES: ReadonlySet<string> = new Set(['needs_reconnect', 'needs_authorization', 'connection_missing']);

/** Returns whether a code means that the connection needs credentials or was removed. */
export function isCredentialCode(code: string): boolean {
  return CREDENTIAL_CODES.has(code);
}

/**
 * A message to the operator that a part of a connection has started to fail, or works again. Times are ISO-8601 UTC.
 */
export interface Alert {
  /** The same at every attempt to deliver it. */
  readonly id: string;
  readonly connectionId: string;
  readonly subject: HealthSubject;
  readonly isFailing: boolean;
  /** The code of the runbook's entry; null for a recovery. */
  readonly code: string | null;
  /** The problem and what to do; for a recovery, what works again. */
  readonly message: string;
  /** The run that detected it; null if it was detected outside a run. */
  readonly runId: string | null;
  readonly at: string;
}

/** Returns the name of the event that an alert reports, such as `sync.failed`. */
export function alertType({ subject, isFailing }: Pick<Alert, 'subject' | 'isFailing'>): string {
  if (subject === 'held') return isFailing ? 'sync.held' : 'sync.released';
  return `${subject}.${isFailing ? 'failed' : 'recovered'}`;
}

/** Returns the message of a recovery. */
export function recoveryMessage(connectionId: string, subject: HealthSubject): string {
  if (subject === 'held') return `The sync of connection "${connectionId}" is no longer held.`;
  return `${WORKS_AGAIN[subject]} of connection "${connectionId}" ${subject === 'credentials' ? 'work' : 'works'} again.`;
}

const WORKS_AGAIN: Readonly<Record<Exclude<HealthSubject, 'held'>, string>> = {
  sync: 'The sync',
  credentials: 'The credentials',
  support: 'The support load (tickets and annotations)',
};
