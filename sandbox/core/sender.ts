import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** A request that a simulated system sends by itself. */
export interface OutgoingRequest {
  readonly url: string;
  readonly method: string;
  /** Header names are sent in this spelling. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  /** Real milliseconds from the moment when a connection is available until the response must be complete. */
  readonly timeoutMs: number;
}

/** The outcome of a request: a response, or the reason why there is none. */
export type Outcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** A sender of requests over keep-alive sockets. It does not follow redirects. */
export interface Sender {
  send(outgoing: OutgoingRequest): Promise<Outcome>;
  /** Aborts all requests. */
  close(): void;
}

const MAX_SOCKETS = 40;
const BODY_CAP_BYTES = 64 * 1024;

/** Creates a sender with at most `maxSockets` connections to one receiver. */
export function createSender(maxSockets = MAX_SOCKETS): Sender {
  const http = new HttpAgent({ keepAlive: true, maxSockets });
  const https = new HttpsAgent({ keepAlive: true, maxSockets });
  return {
    send: async (outgoing) => {
      try {
        const isTls = new URL(outgoing.url).protocol === 'https:';
        return await exchange(
          outgoing,
          isTls ? { start: httpsRequest, agent: https } : { start: httpRequest, agent: http },
        );
      } catch (error) {
        return { kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) };
      }
    },
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}

type Connection =
  | { readonly start: typeof httpRequest; readonly agent: HttpAgent }
  | { readonly start: typeof httpsRequest; readonly agent: HttpsAgent };

async function exchange(outgoing: OutgoingRequest, connection: Connection): Promise<Outcome> {
  const { url, method, headers, body, timeoutMs } = outgoing;
  return await new Promise((resolve) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const sent: OutgoingHttpHeaders = { ...headers, ...length };
    const request = connection.start(url, { method, headers: sent, agent: connection.agent }, (response) => {
      void outcomeOf(response).then(finish, fail);
    });
    let timer: NodeJS.Timeout | undefined;
    let isOver = false;
    request.once('socket', () => {
      timer = setTimeout(() => {
        finish({ kind: 'timeout' });
        request.destroy();
      }, timeoutMs);
    });
    function finish(outcome: Outcome): void {
      isOver = true;
      clearTimeout(timer);
      resolve(outcome);
    }
    function fail(error: unknown): void {
      finish({ kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) });
    }
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The receiver may close an idle connection at any time. That is not a failure of the receiver.
      if (request.reusedSocket && error.code === 'ECONNRESET' && !isOver) {
        clearTimeout(timer);
        resolve(exchange(outgoing, connection));
      } else fail(error);
    });
    request.end(body);
  });
}

async function outcomeOf(response: IncomingMessage): Promise<Outcome> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= BODY_CAP_BYTES) chunks.push(chunk);
  }
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
  return { kind: 'answered', status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') };
}
