import { isGrpcServiceError, ServiceError } from '@temporalio/client';

/**
 * The class of an error that neither Ledgerdesk nor a remote system has raised.
 * - `absent`: PostgreSQL, Temporal or the network does not answer. It is waited for without an end.
 * - `certain`: the same input fails again, so a second attempt is enough.
 * - `unknown`: it may pass, so it is tried for some minutes.
 */
export type ErrorClass =
  { readonly kind: 'absent'; readonly service: AbsentService } | { readonly kind: 'certain' | 'unknown' };

/** What can be absent besides the remote systems. */
export type AbsentService = 'database' | 'read-only database' | 'temporal' | 'network';

/** gRPC statuses that pass: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE (gRPC docs, Status codes). */
const PASSING_STATUSES = new Set([4, 8, 10, 14]);
/**
 * SQLSTATE (PostgreSQL docs, appendix A): class 08 (connection), 53 (resources), 57P (operator intervention), 40
 * (deadlock, serialization), 55P03 (lock not available).
 */
const PASSING_SQLSTATE = /^(?:08...|53...|57P..|40...|55P03)$/;
/** The server became read-only, as after a failover. */
const READ_ONLY = '25006';
/** Class 22 (data) and 23 (integrity): the data cannot be stored. */
const CERTAIN_SQLSTATE = /^2[23]...$/;
const NETWORK_CODE =
  /^(?:E(?:CONNREFUSED|CONNRESET|CONNABORTED|PIPE|NOTFOUND|TIMEDOUT|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN)|EAI_AGAIN)$/;
/** The errors of the driver and of its pool have no code. */
const DRIVER_MESSAGE =
  /Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end/;

/** Classifies an error that no other class describes. */
export function classOf(error: unknown): ErrorClass {
  const cause = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(cause) && PASSING_STATUSES.has(cause.code)) return { kind: 'absent', service: 'temporal' };
  const code = codeOf(error);
  if (code === READ_ONLY) return { kind: 'absent', service: 'read-only database' };
  if (code !== undefined && PASSING_SQLSTATE.test(code)) return { kind: 'absent', service: 'database' };
  if (code !== undefined && NETWORK_CODE.test(code)) return { kind: 'absent', service: 'network' };
  if (error instanceof Error && DRIVER_MESSAGE.test(error.message)) return { kind: 'absent', service: 'database' };
  if (code !== undefined && CERTAIN_SQLSTATE.test(code)) return { kind: 'certain' };
  return { kind: isProgrammingError(error) ? 'certain' : 'unknown' };
}

function isProgrammingError(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof URIError ||
    error instanceof SyntaxError ||
    error instanceof ReferenceError
  );
}

/** Returns the name and the code of an error. Its message may quote a record, so it is left out. */
export function nameOfError(error: unknown): string {
  const code = codeOf(error);
  const name = error instanceof Error && /^\w{1,60}$/.test(error.name) ? error.name : 'an unknown error';
  return code === undefined ? name : `${name} ${code}`;
}

/** Returns where an error was thrown, without its message. */
export function framesOf(error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.length === 0 ? undefined : frames.join('\n');
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : undefined;
}
