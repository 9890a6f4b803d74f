import { ApplicationFailure } from '@temporalio/common';
import { AlertNotTaken } from '../clients/alert-not-taken.ts';
import { FarSystemError, generalAdvice, type FarSystem } from '../clients/errors.ts';
import { ConnectionProblem } from '../store/connection/connections.ts';
import { GateClosed } from '../store/connection/rate-gates.ts';
import { SealError } from '../store/connection/sealing.ts';

/** What is known of the attempt that failed. `reached` tells whether the far system has ever answered this connection. */
export interface FailedAttempt {
  readonly attempt: number;
  readonly reached: (system: FarSystem) => boolean;
}

const NAMES: Readonly<Record<FarSystem, string>> = {
  entra: 'Microsoft Entra',
  dynamics: 'Dynamics 365',
  zendesk: 'Zendesk',
};

/** A system that never answered is given up on after this many tries: then its address is wrong rather than it down. */
const TRIES_OF_A_STRANGER = 4;
/** An answer that makes no sense may be an accident on the way; after this many it is taken for what it is. */
const TRIES_OF_NONSENSE = 3;

/**
 * Turns whatever a step threw into the failure that Temporal acts on: this is the only place that makes one. Its type is
 * the code under which the runbook has an entry; its message holds no record and no secret, for it stays in the history.
 * What is not marked non-retryable is tried again by Temporal.
 */
export function toFailure(error: unknown, at: FailedAttempt): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof GateClosed) return rateLimited(error);
  if (error instanceof FarSystemError) return farSystemFailure(error, at);
  if (error instanceof AlertNotTaken) return ApplicationFailure.retryable(error.message, 'alert_not_taken');
  if (error instanceof ConnectionProblem) return stop(error.code, error.message);
  if (error instanceof SealError) return stop('keys_do_not_fit', error.message);
  return ApplicationFailure.create({ type: 'step_failed', message: describeUnknown(error) });
}

/** A failure that ends the work it is thrown in: `message` says in one sentence what a person must do. */
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

function farSystemFailure(error: FarSystemError, at: FailedAttempt): ApplicationFailure {
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
      return at.attempt < TRIES_OF_NONSENSE ? again(system, message) : stop('unexpected_answer', message);
    case 'unreachable':
    case 'unavailable':
    case 'unsure':
    case 'conflict':
      return at.reached(system) || at.attempt < TRIES_OF_A_STRANGER
        ? again(system, message)
        : stop('unreachable', sentenceOf(error, generalAdvice(system, 'unreachable')));
  }
}

function again(system: FarSystem, message: string): ApplicationFailure {
  return ApplicationFailure.retryable(message, `${system}_unavailable`);
}

/** The vendor's own words may quote a record, so they stay out of the history: status, code and advice say enough. */
function sentenceOf(error: FarSystemError, advice = error.advice): string {
  const { system, operation, status, code, requestId } = error;
  const answer = [status, code].filter((word) => word !== null).join(' ') || 'no answer';
  const id = requestId === null ? '' : ` (request ${requestId})`;
  return `${NAMES[system]}: ${answer} to "${operation}"${id}. ${advice}`;
}

/** A database's message may quote values, so only its code is told; our own mistakes are told whole. */
function describeUnknown(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return `The store or the network failed with ${code}; the step is tried again.`;
  return error instanceof Error
    ? `The step failed: ${error.name}: ${error.message}`
    : 'The step failed without saying why.';
}
