import { ApplicationFailure } from '@temporalio/common';
import { AlertNotDeliveredError } from '../clients/alert-receiver.ts';
import { RemoteError, generalAdvice, type RemoteSystem } from '../clients/errors.ts';
import { SYSTEM_NAMES } from '../domain/connection/remote-system.ts';
import { ConnectionStateError } from '../store/connection/connections.ts';
import { GateClosedError } from '../store/connection/rate-gates.ts';
import { SealError } from '../store/connection/sealing.ts';

/** What is known of the attempt that failed. `reached` returns whether the remote system has ever answered this connection. */
export interface FailedAttempt {
  readonly attempt: number;
  readonly reached: (system: RemoteSystem) => boolean;
}

/** A system that never answered is given up after this many attempts: then its address is wrong, rather than the system down. */
const MAX_ATTEMPTS_UNREACHED = 4;
/** An answer that makes no sense may be an accident on the way; after this many it counts. */
const MAX_ATTEMPTS_UNEXPECTED = 3;

/**
 * Turns whatever a step threw into the failure that Temporal acts on. This is the only place that creates one. Its type is the code
 * under which the runbook has an entry; its message holds no record and no secret, since it stays in the history. Temporal retries
 * whatever is not marked as non-retryable.
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

/** Creates a failure that ends the work in which it is thrown. `message` says in one sentence what a person must do. */
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
  const message = sentenceOf(error);
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
        : stop('unreachable', sentenceOf(error, generalAdvice(system, 'unreachable')));
  }
}

function again(system: RemoteSystem, message: string): ApplicationFailure {
  return ApplicationFailure.retryable(message, `${system}_unavailable`);
}

/** Leaves out the vendor's own words, which may quote a record: status, code and advice say enough. */
function sentenceOf(error: RemoteError, advice = error.advice): string {
  const { system, operation, status, code, requestId } = error;
  const answer = [status, code].filter((word) => word !== null).join(' ') || 'no answer';
  const id = requestId === null ? '' : ` (request ${requestId})`;
  return `${SYSTEM_NAMES[system]}: ${answer} to "${operation}"${id}. ${advice}`;
}

/** A database's message may quote values, so only its code is given; our own errors are given whole. */
function describeUnknown(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return `The store or the network failed with ${code}; the step is tried again.`;
  return error instanceof Error
    ? `The step failed: ${error.name}: ${error.message}`
    : 'The step failed without saying why.';
}
