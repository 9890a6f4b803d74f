/** A request that Zendesk refuses, with the status, body and headers of its response. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(`Refused with ${status}`);
    this.name = 'Refusal';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** A violation of a rule by a record. */
export interface Violation {
  /** The attribute in `details`. */
  readonly field: string;
  readonly description: string;
  /** Zendesk's code, which some violations do not have. */
  readonly error?: string;
  /** The message in a job's results, if it differs. */
  readonly jobDetails?: string;
}

/** An invalid record: a 422, or a failed item of a job. */
export class RecordInvalid extends Refusal {
  /** The message in a failed item of a job. */
  readonly jobDetails: string;

  constructor(violations: readonly Violation[]) {
    const details: Record<string, object[]> = {};
    for (const { field, description, error } of violations) {
      (details[field] ??= []).push({ description, ...(error === undefined ? {} : { error }) });
    }
    super(422, { error: 'RecordInvalid', description: 'Record validation errors', details });
    this.name = 'RecordInvalid';
    this.jobDetails = violations.map(({ description, jobDetails }) => jobDetails ?? description).join(' ');
  }
}

/** Throws a RecordInvalid when there are violations. */
export function refuseIfInvalid(violations: readonly Violation[]): void {
  if (violations.length > 0) throw new RecordInvalid(violations);
}

/**
 * Returns the violation for a unique value that is in use. The two blanks in the job's message are Zendesk's (recorded
 * by zenpy).
 */
export function duplicateValue(field: string, label: string, message: string): Violation {
  const description = `${label}: ${message}`;
  return { field, description, error: 'DuplicateValue', jobDetails: `${label}:  ${message}` };
}

/** Returns the 404 for a record that does not exist. */
export function recordNotFound(): Refusal {
  return new Refusal(404, { error: 'RecordNotFound', description: 'Not found' });
}

/** Returns the 404 for a path that does not exist. */
export function invalidEndpoint(): Refusal {
  return new Refusal(404, { error: 'InvalidEndpoint', description: 'Not found' });
}

/** Returns the 400 for a parameter with an invalid value, in the form with a title and a message. */
export function invalidAttribute(message: string): Refusal {
  return new Refusal(400, { error: { title: 'Invalid attribute', message } });
}

/** Returns the 400 for a missing parameter or body member. */
export function parameterMissing(name: string): Refusal {
  return new Refusal(400, { error: 'ParameterMissing', description: `Parameter ${name} is required` });
}

/** Returns the 403 for a request that the user or the account is not allowed to send. */
export function forbidden(): Refusal {
  const message =
    'You do not have access to this page. Please contact the account owner of this help desk for further help.';
  return new Refusal(403, { error: { title: 'Forbidden', message } });
}

/** Returns the 400 for more values than a bulk endpoint accepts. The two blanks are Zendesk's (recorded by zenpy). */
export function tooManyValues(description = 'Parameter  cannot specify more than 100 values'): Refusal {
  return new Refusal(400, { error: 'TooManyValues', description, max_count: 100 });
}

/** Returns an error in the newer form, as a list. */
export function listedError(status: number, error: { code: string; title: string; detail?: string }): Refusal {
  return new Refusal(status, { errors: [error] });
}
