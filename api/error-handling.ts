import type { RequestHandler } from 'express';
import type { Log } from '../runtime/log/log.ts';
import { SealError } from '../store/connection/sealing.ts';
import { ApiError } from './api-error.ts';
import { unavailableReason } from './unavailable.ts';

/** Responds with 404 to every path that no route has handled. */
export const respondNotFound: RequestHandler = (_request, response) => {
  response.status(404).json({ error: { code: 'not_found', message: 'There is no endpoint at this path.' } });
};

/** Creates a handler that responds with 405 and lists the methods that the path supports. */
export function respondMethodNotAllowed(allowed: readonly string[]): RequestHandler {
  return (request, response) => {
    const message = `This path does not support ${request.method}. Supported: ${allowed.join(', ')}.`;
    response
      .status(405)
      .set('allow', allowed.join(', '))
      .json({ error: { code: 'method_not_allowed', message } });
  };
}

/**
 * Runs the routes and turns everything that they throw into an error response. The details of an unexpected error are
 * logged and never sent.
 */
export function handleErrors(routes: RequestHandler, log: Log): RequestHandler {
  return (request, response, next) => {
    void routes(request, response, (error?: unknown) => {
      if (error === undefined || response.headersSent) {
        next(error);
        return;
      }
      const known = error instanceof ApiError ? error : (fromParser(error) ?? fromKeys(error) ?? fromOutage(error));
      if (known === undefined) log.error({ err: error, method: request.method }, 'a request failed');
      const { status, code, message, mistakes } = known ?? UNEXPECTED;
      response.status(status).json({ error: { code, message, ...(mistakes && { mistakes }) } });
    });
  };
}

const UNEXPECTED = new ApiError(
  500,
  'internal',
  'The request failed because of an internal error. The log of the api process shows the cause.',
);

function fromKeys(error: unknown): ApiError | undefined {
  return error instanceof SealError ? new ApiError(500, 'keys_do_not_fit', error.message) : undefined;
}

function fromOutage(error: unknown): ApiError | undefined {
  const reason = unavailableReason(error);
  return reason === undefined ? undefined : new ApiError(503, 'unavailable', reason);
}

const PARSER_ERRORS: Readonly<Record<number, readonly [string, string]>> = {
  413: ['too_large', 'The body is larger than 256 KiB.'],
  415: ['unsupported_encoding', 'The body must be JSON in UTF-8, uncompressed or as gzip, deflate or br.'],
};

/**
 * Errors of the body parser and the router have a status below 500. Their messages quote the body, so they are not
 * sent.
 */
function fromParser(error: unknown): ApiError | undefined {
  const { status } = error as { readonly status?: unknown };
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  const [code, message] = PARSER_ERRORS[status] ?? ['malformed', 'The request could not be read.'];
  return new ApiError(status, code, message);
}
