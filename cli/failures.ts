/** One thing that is wrong with a document, and where. */
export interface Mistake {
  /** Members from the document's root, joined by dots; empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
}

/** What a failure tells besides its sentence. */
export interface FailureDetails {
  readonly code: string;
  readonly mistakes?: readonly Mistake[];
  /** The answer's HTTP status, where there was an answer. */
  readonly status?: number;
  /** The run that it is about. */
  readonly runId?: string;
  /** 1 unless told. */
  readonly exitCode?: number;
}

/** A command that could not do its work: one sentence for people, a code for scripts. Never holds a secret. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly details: FailureDetails;

  constructor(message: string, details: FailureDetails) {
    super(message);
    this.details = details;
  }
}

/** A command line that says nothing we can do: exit 2, with the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
