import { ApplicationFailure } from '@temporalio/common';
import { AlertNotDeliveredError } from '../clients/alert-receiver.ts';
import { RemoteError, generalAdvice, type RemoteSystem } from '../clients/errors.ts';
import { SYSTEM_NAMES } from '../domain/connection/remote-system.ts';
import { ConnectionStateError } from '../store/connection/connections.ts';
import { GateClosedError } from '../store/connection/rate-gates.ts';
import type { Refusal } from '../store/connection/refusals.ts';
import { SealError } from '../store/connection/sealing.ts';
import { classOf, framesOf, nameOfError, type AbsentService } from './error-class.ts';

/**
 * A failed attempt of a step. `reached` returns whether a remote system has ever answered a request of this connection.
 * `refusal` is whether a refusal of the credentials or of a privilege is confirmed; one without it counts as confirmed.
 */
export interface FailedAttempt {
  readonly attempt: number;
  /** The name of the step. */
  readonly step?: string;
  readonly reached: (system: RemoteSystem) => boolean;
  readonly refusal?: Refusal | undefined;
}

/** Attempts for a system that has never answered. After that, its address is probably wrong. */
const MAX_ATTEMPTS_UNREACHED = 4;
/** Attempts when an answer is unexpected, because it may be a transient error. */
const MAX_ATTEMPTS_UNEXPECTED = 3;
/** Attempts of a step that fails in the same way with the same input. */
const MAX_ATTEMPTS_CERTAIN = 2;
/** The longest pause between two attempts while PostgreSQL or Temporal is absent, so that work goes on soon after it is back. */
const ABSENT_RETRY_MS = 5_000;
/** As the retry policy of the steps. */
const FIRST_RETRY_MS = 1_000;
/** Attempts of a step whose error nobody has classified: about ten minutes, by the retry policy of the steps. */
const MAX_ATTEMPTS_UNKNOWN = 16;

/**
 * Converts an error of a step into a failure for Temporal. Its type is the code of an entry in the runbook. Its message
 * contains no record and no secret, because it stays in the history. Temporal retries all failures that are not marked
 * as non-retryable: without an end while something is absent, and else a bounded number of times. All failures are
 * created in this file.
 */
export function toFailure(error: unknown, at: FailedAttempt): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof GateClosedError) return rateLimited(error);
  if (error instanceof RemoteError) return remoteFailure(error, at);
  if (error instanceof AlertNotDeliveredError) return ApplicationFailure.retryable(error.message, 'alert_not_taken');
  if (error instanceof ConnectionStateError) return stop(error.code, error.message);
  if (error instanceof SealError) return stop('keys_do_not_fit', error.message);
  return otherFailure(error, at);
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
  if (at.refusal?.isConfirmed === false) return unconfirmed(error, at.refusal);
  switch (kind) {
    case 'limited':
      return rateLimited({ system, bucket: error.bucket ?? 'account', waitMs: error.retryAfterMs ?? 30_000, message });
    case 'unauthorized':
      return at.refusal?.worksElsewhere === true
        ? stop(
            'missing_privilege',
            `${message} ${SYSTEM_NAMES[system]} accepts the same credentials for other requests.`,
          )
        : stop('needs_reconnect', message);
    case 'forbidden':
      return stop('missing_privilege', message);
    case 'blocked':
      return stop('blocked_address', message);
    case 'inconsistent':
      return stop('reading_inconsistent', message);
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

/** Temporal runs the step again when the next attempt is due. Until then, nothing is concluded from the refusal. */
function unconfirmed(
  error: RemoteError,
  { attempts, waitMs }: Refusal & { readonly isConfirmed: false },
): ApplicationFailure {
  const wait = `Ledgerdesk tries again in ${Math.ceil(waitMs / 1_000)} s, because a single refusal may be temporary (refusal ${attempts}).`;
  return ApplicationFailure.create({
    type: 'refusal_unconfirmed',
    message: messageOf(error, wait),
    nextRetryDelay: Math.max(1, Math.ceil(waitMs)),
  });
}

function again(system: RemoteSystem, message: string): ApplicationFailure {
  return ApplicationFailure.retryable(message, `${system}_unavailable`);
}

/** Returns status, code and advice of an error, without the text of the vendor, which may quote a record. */
export function messageOf(error: RemoteError, advice = error.advice): string {
  const { system, operation, status, code, requestId } = error;
  const answer = [status, code].filter((word) => word !== null).join(' ') || 'no answer';
  const id = requestId === null ? '' : ` (request ${requestId})`;
  return `${SYSTEM_NAMES[system]}: ${answer} to "${operation}"${id}. ${advice}`;
}

const ABSENT: Readonly<Record<AbsentService, readonly [type: string, subject: string]>> = {
  database: ['database_unavailable', 'PostgreSQL does not answer'],
  'read-only database': [
    'database_unavailable',
    'PostgreSQL is read-only, as after a failover, so nothing can be stored',
  ],
  temporal: ['temporal_unavailable', 'Temporal does not answer'],
  network: ['network_unavailable', 'A server of Ledgerdesk, such as PostgreSQL or Temporal, cannot be reached'],
};

/** Converts an error that has no class of its own. Its message is left out, because it may quote values. */
function otherFailure(error: unknown, { attempt, step = 'unknown' }: FailedAttempt): ApplicationFailure {
  const found = classOf(error);
  const name = nameOfError(error);
  if (found.kind === 'absent') {
    const [type, subject] = ABSENT[found.service];
    return ApplicationFailure.create({
      type,
      message: `${subject} (${name}). The step "${step}" is retried until this is over.`,
      nextRetryDelay: Math.min(ABSENT_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1)),
    });
  }
  const isLast = attempt >= (found.kind === 'certain' ? MAX_ATTEMPTS_CERTAIN : MAX_ATTEMPTS_UNKNOWN);
  const failure = isLast
    ? stop(
        'internal_error',
        `The step "${step}" failed ${attempt} times, the last time with ${name}. ${INTERNAL_ADVICE}`,
      )
    : ApplicationFailure.retryable(`The step "${step}" failed with ${name}. It is retried.`, 'step_failed');
  const frames = framesOf(error);
  if (frames !== undefined) failure.stack = `${failure.name}: ${failure.message}\n${frames}`;
  return failure;
}

const INTERNAL_ADVICE =
  'This is an error in Ledgerdesk. Report it with the step, the name of the error and the log of the worker. The next run tries again.';
