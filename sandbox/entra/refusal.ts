import { randomUUID } from 'node:crypto';

/** A request that the authority refuses, with the status and error of its response. */
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

/** Returns the body of a refusal, in Entra's wording. */
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
