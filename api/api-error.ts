/**
 * An error in one member of a request: its path, and a message that completes it ("dynamics.tenantId: must be a GUID").
 */
export interface Mistake {
  readonly path: string;
  readonly message: string;
}

/** An error that is sent to the caller as it is: an HTTP status, a code for programs and a message for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly mistakes: readonly Mistake[] | undefined;

  constructor(status: number, code: string, message: string | readonly Mistake[]) {
    super(typeof message === 'string' ? message : message.map(writeMistake).join('\n'));
    this.status = status;
    this.code = code;
    this.mistakes = typeof message === 'string' ? undefined : message;
  }
}

function writeMistake({ path, message }: Mistake): string {
  return path === '' ? message : `${path}: ${message}`;
}
