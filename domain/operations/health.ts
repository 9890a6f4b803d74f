/** What of a connection may fail and recover: its syncs, its credentials, and the reading of its support. */
export type TroubleSubject = 'sync' | 'credentials' | 'support';

/** Codes of failures that are a matter of the connection's credentials, which is told once, whatever failed for it. */
const OF_CREDENTIALS: ReadonlySet<string> = new Set(['needs_reconnect', 'needs_authorization', 'connection_missing']);

/** Whether a failure tells nothing but that the connection waits for credentials, or is gone. */
export function isOfCredentials(code: string): boolean {
  return OF_CREDENTIALS.has(code);
}

/** What an operator is told: something of a connection has begun to fail, or works again. Times are ISO-8601 UTC. */
export interface Alert {
  /** The same at every attempt to tell it. */
  readonly id: string;
  readonly connectionId: string;
  readonly subject: TroubleSubject;
  readonly isFailing: boolean;
  /** Under which the runbook has an entry; null for a recovery. */
  readonly code: string | null;
  /** A sentence that says what to do; of a recovery, what works again. */
  readonly message: string;
  /** The run that found it out; null where none did. */
  readonly runId: string | null;
  readonly at: string;
}

/** The sentence of a recovery. */
export function recoveryMessage(connectionId: string, subject: TroubleSubject): string {
  return `${WORKS_AGAIN[subject]} of connection "${connectionId}" ${subject === 'credentials' ? 'work' : 'works'} again.`;
}

const WORKS_AGAIN: Readonly<Record<TroubleSubject, string>> = {
  sync: 'The sync',
  credentials: 'The credentials',
  support: 'The reading of tickets and writing of annotations',
};
