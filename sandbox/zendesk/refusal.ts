/** A request that Zendesk refuses, as the answer it sends. */
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

/** One thing that is wrong with a record. */
export interface Violation {
  /** The attribute, as named in `details`. */
  readonly field: string;
  readonly description: string;
  /** Zendesk's own code, which some violations lack. */
  readonly error?: string;
  /** The wording in a job's results, where it differs. */
  readonly jobDetails?: string;
}

/** A record that does not validate: 422, or a failed item of a job. */
export class RecordInvalid extends Refusal {
  /** The free text that a failed item of a job carries. */
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

/** Throws when anything is wrong. */
export function refuseIfInvalid(violations: readonly Violation[]): void {
  if (violations.length > 0) throw new RecordInvalid(violations);
}

/** The value of a unique attribute is in use: the two blanks of the job's wording are Zendesk's own (recorded by zenpy). */
export function duplicateValue(field: string, label: string, message: string): Violation {
  const description = `${label}: ${message}`;
  return { field, description, error: 'DuplicateValue', jobDetails: `${label}:  ${message}` };
}

/** A record that does not exist. */
export function recordNotFound(): Refusal {
  return new Refusal(404, { error: 'RecordNotFound', description: 'Not found' });
}

/** A path that does not exist. */
export function invalidEndpoint(): Refusal {
  return new Refusal(404, { error: 'InvalidEndpoint', description: 'Not found' });
}

/** A parameter that has no acceptable value: the form with a title and a message. */
export function invalidAttribute(message: string): Refusal {
  return new Refusal(400, { error: { title: 'Invalid attribute', message } });
}

/** A parameter or body member that is missing. */
export function parameterMissing(name: string): Refusal {
  return new Refusal(400, { error: 'ParameterMissing', description: `Parameter ${name} is required` });
}

/** A request that the user or the account has no right to: the form with a title and a message. */
export function forbidden(): Refusal {
  const message =
    'You do not have access to this page. Please contact the account owner of this help desk for further help.';
  return new Refusal(403, { error: { title: 'Forbidden', message } });
}

/** More values than a bulk endpoint takes: the two blanks are Zendesk's own (recorded by zenpy). */
export function tooManyValues(description = 'Parameter  cannot specify more than 100 values'): Refusal {
  return new Refusal(400, { error: 'TooManyValues', description, max_count: 100 });
}

/** The newer list form of an error. */
export function listedError(status: number, error: { code: string; title: string; detail?: string }): Refusal {
  return new Refusal(status, { errors: [error] });
}
