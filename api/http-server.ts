import { createServer, type RequestListener, type Server } from 'node:http';
import { answerUnread } from './unread-request.ts';

/** Sixteen KiB carry every header that our callers send; more is answered 431. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Whoever sends slower than this keeps a connection for nothing and is answered 408. */
const HEADERS_LIMIT_MS = 5_000;
/** Counts to the last byte of the body: a mebibyte at the doors, and up to eight for the codec. */
const REQUEST_LIMIT_MS = 8_000;
/** The limits above hold only as exactly as Node looks at its connections, by default every 30 s. */
const LOOK_EVERY_MS = 500;

/**
 * Makes the server of the api process; whoever calls it listens. It takes requests that are small and come in time, and answers
 * the others in the one shape of errors: 408 to slow ones, 431 to large headers, 400 to whatever could be read in two ways.
 */
export function createHttpServer(app: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_LIMIT_MS,
      requestTimeout: REQUEST_LIMIT_MS,
      connectionsCheckingInterval: LOOK_EVERY_MS,
    },
    app,
  );
  answerUnread(server);
  return server;
}
