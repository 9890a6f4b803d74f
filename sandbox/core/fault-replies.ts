import type { Reply } from './exchange.ts';
import type { FaultBody, RetryAfter } from './fault-actions.ts';
import type { SystemName } from './journal.ts';

/** The parts of a faulty response. */
export interface FaultResponse {
  readonly system: SystemName;
  readonly status: number;
  readonly body?: FaultBody;
  /** The text that the body `echo` repeats. */
  readonly sent: string;
  /** The first value is used of a list. */
  readonly retryAfter?: RetryAfter | readonly RetryAfter[];
}

/** Returns the response of a status or storm fault, with the error messages of the simulated system. */
export function faultReply(response: FaultResponse, operation: string): Reply {
  const { body, type } = bodyOf(response);
  const [retryAfter = null] = [response.retryAfter ?? null].flat();
  const headers = {
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(retryAfter === null ? {} : { 'retry-after': String(retryAfter) }),
  };
  return { status: response.status, headers, operation, ...(body === undefined ? {} : { body }) };
}

function bodyOf({ system, status, sent, body = 'json' }: FaultResponse): { body?: unknown; type?: string } {
  if (typeof body === 'object') return { body };
  switch (body) {
    case 'empty':
      return {};
    case 'html':
      return { body: htmlPage(status), type: 'text/html; charset=UTF-8' };
    case 'text':
      return { body: sentenceFor(status), type: 'text/plain; charset=utf-8' };
    case 'edge':
      return { body: edgeProtection(status) };
    case 'json':
      return { body: jsonError(system, status, sentenceFor(status)) };
    case 'echo':
      return { body: jsonError(system, status, sent) };
    default:
      return body satisfies never;
  }
}

function htmlPage(status: number): string {
  return `<!DOCTYPE html>\n<html><head><title>Error ${status}</title></head><body><h1>Error ${status}</h1></body></html>\n`;
}

/** The body of Zendesk's edge protection (seen by airbyte, issue 14253). */
function edgeProtection(status: number): object {
  return { detail: 'Rate limited by Zendesk edge protection', status: String(status), title: 'Automated response' };
}

function jsonError(system: SystemName, status: number, sentence: string): object {
  if (system === 'entra') return { error: 'temporarily_unavailable', error_description: sentence };
  if (system === 'dynamics') return { error: { code: String(status), message: sentence } };
  if (status === 429) return { error: 'APIRateLimitExceeded', description: sentence };
  return { error: ZENDESK_CODES[status] ?? 'InternalError', description: sentence };
}

const ZENDESK_CODES: Readonly<Record<number, string>> = {
  401: 'invalid_token',
  403: 'Forbidden',
  404: 'RecordNotFound',
  409: 'DatabaseConflict',
  503: 'unavailable',
};

const SENTENCES: Readonly<Record<number, string>> = {
  401: 'The access token provided is expired, revoked, malformed or invalid for other reasons.',
  403: 'You do not have access to this page.',
  404: 'Not found',
  409: 'Database collision',
  429: 'Number of allowed API requests per minute exceeded',
  503: 'Service unavailable, please try again later.',
};

function sentenceFor(status: number): string {
  return SENTENCES[status] ?? `Something went wrong (${status}).`;
}
