import { createServer, type RequestListener, type Server } from 'node:http';
import { respondToUnreadable } from './unreadable-requests.ts';

/** Enough for the headers of every known sender. Larger headers get 431. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Slower headers get 408, so that slow senders do not hold connections. */
const HEADERS_LIMIT_MS = 5_000;
/** Includes the body: up to 1 MiB at the ingress, and up to 8 MiB at the codec endpoint. */
const REQUEST_LIMIT_MS = 8_000;
/** The limits above are only as exact as this interval. Node's default is 30 s. */
const CHECK_INTERVAL_MS = 500;

/**
 * Creates the HTTP server of the api process. It does not listen yet. Invalid requests get an error response: 408 if
 * slow, 431 for large headers, 400 if ambiguous or malformed.
 */
export function createHttpServer(app: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_LIMIT_MS,
      requestTimeout: REQUEST_LIMIT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
    },
    app,
  );
  respondToUnreadable(server);
  return server;
}
