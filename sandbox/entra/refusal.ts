import { randomUUID } from 'node:crypto';

/** What the authority answers instead of a token; thrown by whatever judges a request. */
export class Refusal extends Error {
  readonly status: number;
  readonly error: string;
  readonly number: number;

  constructor(draft: {
    readonly status: number;
    readonly error: string;
    readonly number: number;
    readonly text: string;
  }) {
    super(draft.text);
    this.status = draft.status;
    this.error = draft.error;
    this.number = draft.number;
  }
}

/** The body of a refusal, as Entra words it. */
export function refusalBody({ error, number, message }: Refusal, at: Date): object {
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  const timestamp = at.toISOString().replace('T', ' ').replace(/\.\d+/, '');
  const description = `AADSTS${number}: ${message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`;
  return {
    error,
    error_description: description,
    error_codes: [number],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${number}`,
  };
}
