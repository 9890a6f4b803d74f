/** An error in one member of a document. */
export interface Mistake {
  /** Member names from the root, joined by dots. Empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
}

/** The details of a failure besides its message. */
export interface FailureDetails {
  readonly code: string;
  readonly mistakes?: readonly Mistake[];
  /** The HTTP status, if there was a response. */
  readonly status?: number;
  /** The run that the failure concerns. */
  readonly runId?: string;
  /** Default: 1. */
  readonly exitCode?: number;
}

/** Thrown when a command fails: a message for people and a code for scripts. It never contains a secret. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly details: FailureDetails;

  constructor(message: string, details: FailureDetails) {
    super(message);
    this.details = details;
  }
}

/** Thrown for an invalid command line. The usage is printed, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
