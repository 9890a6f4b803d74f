import { isGrpcServiceError, ServiceError } from '@temporalio/client';

/** gRPC statuses of a temporary failure: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const TEMPORARY_STATUSES = new Set([4, 8, 14]);
/** PostgreSQL error codes, appendix A: class 08 (connection), 53 (resources), 57P (operator intervention). */
const DATABASE_CODE = /^(08|53|57P)/;
/** PostgreSQL error codes of a database that answers but cannot work, and what to do. */
const DATABASE_PROBLEMS: Readonly<Record<string, string>> = {
  '25006':
    'The database is read-only, as after a failover, so nothing can be stored. Make it writable, or correct DATABASE_URL. Ledgerdesk then continues by itself.',
  '55P03':
    'A table of the database is locked, for example by maintenance. Try again when the lock is released, or end the session that holds it (see pg_locks).',
  '53100': 'The disk of the database is full, so nothing can be stored. Free some space.',
};
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);
const DRIVER_MESSAGE =
  /Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error/;

/** Returns a message that names the service that does not respond or cannot work; undefined for any other error. */
export function unavailableReason(error: unknown): string | undefined {
  if (isTemporalOutage(error)) return 'Temporal does not respond. Try again in a moment.';
  const problem = databaseProblem(error);
  if (problem !== undefined) return problem;
  if (isDatabaseOutage(error)) return 'The database does not respond. Try again in a moment.';
  return undefined;
}

function isTemporalOutage(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && TEMPORARY_STATUSES.has(cause.code);
}

/** Returns the problem of a database that answers but cannot work. */
export function databaseProblem(error: unknown): string | undefined {
  const { code } = error as { readonly code?: unknown };
  return error instanceof Error && typeof code === 'string' ? DATABASE_PROBLEMS[code] : undefined;
}

function isDatabaseOutage(error: unknown): boolean {
  // An error of a remote system also has the code of the network, but says by itself which host it is about.
  if (!(error instanceof Error) || error.name === 'RemoteError') return false;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && (SOCKET_CODES.has(code) || DATABASE_CODE.test(code))) return true;
  return DRIVER_MESSAGE.test(error.message);
}
