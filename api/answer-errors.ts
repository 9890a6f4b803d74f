import type { RequestHandler } from 'express';
import type { Log } from '../runtime/log/log.ts';
import { SealError } from '../store/connection/sealing.ts';
import { ApiError } from './api-error.ts';
import { unavailableReason } from './unavailable.ts';

/** Answers every path that nothing else has answered. */
export const answerNotFound: RequestHandler = (_request, response) => {
  response.status(404).json({ error: { code: 'not_found', message: 'There is nothing at this address.' } });
};

/** Answers a method that a known path does not have, and names those that it has. */
export function answerWrongMethod(allowed: readonly string[]): RequestHandler {
  return (request, response) => {
    const message = `${request.method} is not possible here; possible: ${allowed.join(', ')}.`;
    response
      .status(405)
      .set('allow', allowed.join(', '))
      .json({ error: { code: 'method_not_allowed', message } });
  };
}

/**
 * Runs the routes and turns whatever they throw into the one shape of errors. What the caller cannot know of is logged,
 * never shown.
 */
export function answeringErrors(routes: RequestHandler, log: Log): RequestHandler {
  return (request, response, next) => {
    void routes(request, response, (error?: unknown) => {
      if (error === undefined || response.headersSent) {
        next(error);
        return;
      }
      const refusal = error instanceof ApiError ? error : (fromParser(error) ?? fromKeys(error) ?? fromOutage(error));
      if (refusal === undefined) log.error({ err: error, method: request.method }, 'a request failed');
      const { status, code, message, mistakes } = refusal ?? UNEXPECTED;
      response.status(status).json({ error: { code, message, ...(mistakes && { mistakes }) } });
    });
  };
}

const UNEXPECTED = new ApiError(500, 'internal', 'The request failed inside Ledgerdesk; its log says why.');

/** A key is missing, and the sentence names it. */
function fromKeys(error: unknown): ApiError | undefined {
  return error instanceof SealError ? new ApiError(500, 'keys_do_not_fit', error.message) : undefined;
}

function fromOutage(error: unknown): ApiError | undefined {
  const reason = unavailableReason(error);
  return reason === undefined ? undefined : new ApiError(503, 'unavailable', reason);
}

const PARSER_SENTENCES: Readonly<Record<number, readonly [string, string]>> = {
  413: ['too_large', 'The body is larger than 256 KiB.'],
  415: ['unsupported_encoding', 'The body must be JSON in UTF-8, uncompressed or as gzip, deflate or br.'],
};

/** Errors of the body parser and the router carry a status below 500; their texts quote the body, so they are not passed on. */
function fromParser(error: unknown): ApiError | undefined {
  const { status, type } = error as { readonly status?: unknown; readonly type?: unknown };
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  if (type === 'entity.parse.failed')
    return new ApiError(400, 'malformed', 'The body is not well-formed JSON (an object is expected).');
  const [code, message] = PARSER_SENTENCES[status] ?? ['malformed', 'The request could not be read.'];
  return new ApiError(status, code, message);
}
