import { isGrpcServiceError, ServiceError } from '@temporalio/client';

/** gRPC statuses that say "not now": DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const NOT_NOW = new Set([4, 8, 14]);
/** PostgreSQL error codes, appendix A: class 08 (connection), 53 (resources), 57P (operator intervention). */
const DATABASE_CODE = /^(08|53|57P)/;
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);
const DRIVER_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/;

/** Says which of the systems that we stand on does not answer; undefined when the error is of another kind. */
export function unavailableReason(error: unknown): string | undefined {
  if (isTemporalOutage(error)) return 'Temporal does not answer. Try again in a moment.';
  if (isDatabaseOutage(error)) return 'The database does not answer. Try again in a moment.';
  return undefined;
}

function isTemporalOutage(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && NOT_NOW.has(cause.code);
}

function isDatabaseOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && (SOCKET_CODES.has(code) || DATABASE_CODE.test(code))) return true;
  return DRIVER_TEXT.test(error.message);
}
