import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

type Refusal = readonly [status: string, code: string, message: string];

const MALFORMED: Refusal = ['400 Bad Request', 'malformed', 'The request could not be read.'];

/** Node's error codes (Node.js docs, Event: 'clientError') that deserve another answer than 400. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'headers_too_large',
    'The headers are larger than 16 KiB.',
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Payload Too Large', 'too_large', 'The chunk extensions are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'too_slow', 'The request did not come within 8 seconds.'],
};

/**
 * Answers requests that Node cannot read to their end, so that they never come to a route, and closes their connections. What
 * has been answered already is not answered twice.
 */
export function answerUnread(server: Server): void {
  const answers = new WeakMap<Duplex, ServerResponse>();
  server.on('request', ({ socket }, response) => answers.set(socket, response));
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket) => {
    const isGone = code === 'ECONNRESET' || !socket.writable;
    if (!isGone && !isBeingAnswered(answers.get(socket))) socket.write(render(REFUSALS[code] ?? MALFORMED));
    // What is left to be read may be without end, so nobody waits for the other side.
    socket.end(() => socket.destroy());
  });
}

/** Whether the answer to the request that cannot be read further, or to the one before, is on its way already. */
function isBeingAnswered(last: ServerResponse | undefined): boolean {
  return last?.headersSent === true && !(last.writableFinished && last.req.complete);
}

function render([status, code, message]: Refusal): string {
  const body = JSON.stringify({ error: { code, message } });
  const headers = [
    'content-type: application/json; charset=utf-8',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  return [`HTTP/1.1 ${status}`, ...headers, '', body].join('\r\n');
}
