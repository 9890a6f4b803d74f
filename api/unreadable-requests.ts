import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

type ErrorResponse = readonly [status: string, code: string, message: string];

const MALFORMED: ErrorResponse = ['400 Bad Request', 'malformed', 'The request could not be read.'];

/** Node's error codes (Node.js docs, Event: 'clientError') that get another status than 400. */
const ERROR_RESPONSES: Readonly<Record<string, ErrorResponse>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'headers_too_large',
    'The headers are larger than 16 KiB.',
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Payload Too Large', 'too_large', 'The chunk extensions are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [
    '408 Request Timeout',
    'too_slow',
    'The request did not arrive completely within 8 seconds.',
  ],
};

/**
 * Responds to requests that Node cannot read completely and so never passes to a route, and closes their connections. A
 * request that already has a response gets no second one.
 */
export function respondToUnreadable(server: Server): void {
  const responses = new WeakMap<Duplex, ServerResponse>();
  server.on('request', ({ socket }, response) => responses.set(socket, response));
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket) => {
    const isGone = code === 'ECONNRESET' || !socket.writable;
    if (!isGone && !hasResponse(responses.get(socket))) socket.write(render(ERROR_RESPONSES[code] ?? MALFORMED));
    // The rest of the request may be endless, so do not wait for the sender to close the connection.
    socket.end(() => socket.destroy());
  });
}

/** Returns true if the response to the unreadable request, or to the one before it on the connection, has started. */
function hasResponse(last: ServerResponse | undefined): boolean {
  return last?.headersSent === true && !(last.writableFinished && last.req.complete);
}

function render([status, code, message]: ErrorResponse): string {
  const body = JSON.stringify({ error: { code, message } });
  const headers = [
    'content-type: application/json; charset=utf-8',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  return [`HTTP/1.1 ${status}`, ...headers, '', body].join('\r\n');
}
