/** A part of a connection whose health is followed: its syncs, its credentials, and the reading of its support load. */
export type HealthSubject = 'sync' | 'credentials' | 'support';

/** Codes of failures that come from the connection's credentials. One alert is sent for these, whatever failed because of them. */
const CREDENTIAL_CODES: ReadonlySet<string> = new Set(['needs_reconnect', 'needs_authorization', 'connection_missing']);

/** Returns whether a failure only says that the connection waits for credentials, or is gone. */
export function isCredentialCode(code: string): boolean {
  return CREDENTIAL_CODES.has(code);
}

/** A message to the operator: a part of a connection has begun to fail, or works again. Times are ISO-8601 UTC. */
export interface Alert {
  /** The same at every attempt to deliver it. */
  readonly id: string;
  readonly connectionId: string;
  readonly subject: HealthSubject;
  readonly isFailing: boolean;
  /** The code of the runbook's entry; null for a recovery. */
  readonly code: string | null;
  /** What to do about it; of a recovery, what works again. */
  readonly message: string;
  /** The run that found it; null where none did. */
  readonly runId: string | null;
  readonly at: string;
}

/** Returns the message of a recovery. */
export function recoveryMessage(connectionId: string, subject: HealthSubject): string {
  return `${WORKS_AGAIN[subject]} of connection "${connectionId}" ${subject === 'credentials' ? 'work' : 'works'} again.`;
}

const WORKS_AGAIN: Readonly<Record<HealthSubject, string>> = {
  sync: 'The sync',
  credentials: 'The credentials',
  support: 'The reading of tickets and writing of annotations',
};
