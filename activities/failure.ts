import { ApplicationFailure } from '@temporalio/common';
import { AlertNotDeliveredError } from '../clients/alert-receiver.ts';
import { RemoteError, generalAdvice, type RemoteSystem } from '../clients/errors.ts';
import { SYSTEM_NAMES } from '../domain/connection/remote-system.ts';
import { ConnectionStateError } from '../store/connection/connections.ts';
import { GateClosedError } from '../store/connection/rate-gates.ts';
import { SealError } from '../store/connection/sealing.ts';

/**
 * A failed attempt of a step. `reached` returns whether a remote system has ever answered a request of this connection.
 */
export interface FailedAttempt {
  readonly attempt: number;
  readonly reached: (system: RemoteSystem) => boolean;
}

/** Attempts for a system that has never answered. After that, its address is probably wrong. */
const MAX_ATTEMPTS_UNREACHED = 4;
/** Attempts when an answer is unexpected, because it may be a transient error. */
const MAX_ATTEMPTS_UNEXPECTED = 3;

/**
 * Converts an error of a step into a failure for Temporal. Its type is the code of an entry in the runbook. Its message
 * contains no record and no secret, because it stays in the history. Temporal retries all failures that are not marked
 * as non-retryable. All failures are created in this file.
 */
export function toFailure(error: unknown, at: FailedAttempt): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof GateClosedError) return rateLimited(error);
  if (error instanceof RemoteError) return remoteFailure(error, at);
  if (error instanceof AlertNotDeliveredError) return ApplicationFailure.retryable(error.message, 'alert_not_taken');
  if (error instanceof ConnectionStateError) return stop(error.code, error.message);
  if (error instanceof SealError) return stop('keys_do_not_fit', error.message);
  return ApplicationFailure.create({ type: 'step_failed', message: describeUnknown(error) });
}

/** Creates a failure that is not retried. `message` says what a person must do. */
export function stop(code: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}

function rateLimited({
  system,
  bucket,
  waitMs,
  message,
}: {
  system: string;
  bucket: string;
  waitMs: number;
  message: string;
}): ApplicationFailure {
  const details = [{ system, bucket, waitMs: Math.ceil(waitMs) }];
  return ApplicationFailure.create({ type: 'RateLimited', message, nonRetryable: true, details, category: 'BENIGN' });
}

function remoteFailure(error: RemoteError, at: FailedAttempt): ApplicationFailure {
  const { system, kind } = error;
  const message = messageOf(error);
  switch (kind) {
    case 'limited':
      return rateLimited({ system, bucket: error.bucket ?? 'account', waitMs: error.retryAfterMs ?? 30_000, message });
    case 'unauthorized':
      return stop('needs_reconnect', message);
    case 'forbidden':
      return stop('missing_privilege', message);
    case 'blocked':
      return stop('blocked_address', message);
    case 'missing':
    case 'refused':
    case 'unexpected':
      return at.attempt < MAX_ATTEMPTS_UNEXPECTED ? again(system, message) : stop('unexpected_answer', message);
    case 'unreachable':
    case 'unavailable':
    case 'unsure':
    case 'conflict':
      return at.reached(system) || at.attempt < MAX_ATTEMPTS_UNREACHED
        ? again(system, message)
        : stop(
            'unreachable',
            messageOf(error, kind === 'unreachable' ? error.advice : generalAdvice(system, 'unreachable')),
          );
  }
}

function again(system: RemoteSystem, message: string): ApplicationFailure {
  return ApplicationFailure.retryable(message, `${system}_unavailable`);
}

/** Returns status, code and advice of an error, without the text of the vendor, which may quote a record. */
function messageOf(error: RemoteError, advice = error.advice): string {
  const { system, operation, status, code, requestId } = error;
  const answer = [status, code].filter((word) => word !== null).join(' ') || 'no answer';
  const id = requestId === null ? '' : ` (request ${requestId})`;
  return `${SYSTEM_NAMES[system]}: ${answer} to "${operation}"${id}. ${advice}`;
}

/** Returns only the code of a database or network error, because its message may quote values. */
function describeUnknown(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return `The database or the network failed with ${code}. The step is retried.`;
  return error instanceof Error
    ? `The step failed: ${error.name}: ${error.message}`
    : 'The step failed with an unknown error.';
}
