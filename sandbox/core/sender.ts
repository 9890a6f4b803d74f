import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** A request that a simulated system makes by itself. */
export interface Outgoing {
  readonly url: string;
  readonly method: string;
  /** Sent with the names as written here. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  /** Real milliseconds until the whole answer must be there, from when a connection is free for it. */
  readonly timeoutMs: number;
}

/** What became of it: an answer, or none. */
export type Outcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Sends requests over real sockets, kept open between them; redirects are not followed. */
export interface Sender {
  send(outgoing: Outgoing): Promise<Outcome>;
  /** Cuts what is under way. */
  close(): void;
}

const MOST_SOCKETS = 40;
const BODY_CAP_BYTES = 64 * 1024;

/** Makes a sender with so many connections to one receiver at most. */
export function createSender(maxSockets = MOST_SOCKETS): Sender {
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

type Way =
  | { readonly start: typeof httpRequest; readonly agent: HttpAgent }
  | { readonly start: typeof httpsRequest; readonly agent: HttpsAgent };

async function exchange(outgoing: Outgoing, way: Way): Promise<Outcome> {
  const { url, method, headers, body, timeoutMs } = outgoing;
  return await new Promise((resolve) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const sent: OutgoingHttpHeaders = { ...headers, ...length };
    const request = way.start(url, { method, headers: sent, agent: way.agent }, (response) => {
      void received(response).then(settle, failed);
    });
    let timer: NodeJS.Timeout | undefined;
    let isOver = false;
    request.once('socket', () => {
      timer = setTimeout(() => {
        settle({ kind: 'timeout' });
        request.destroy();
      }, timeoutMs);
    });
    function settle(outcome: Outcome): void {
      isOver = true;
      clearTimeout(timer);
      resolve(outcome);
    }
    function failed(error: unknown): void {
      settle({ kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) });
    }
    request.on('error', (error: NodeJS.ErrnoException) => {
      // A kept connection that the receiver has closed meanwhile says nothing about the receiver.
      if (request.reusedSocket && error.code === 'ECONNRESET' && !isOver) {
        clearTimeout(timer);
        resolve(exchange(outgoing, way));
      } else failed(error);
    });
    request.end(body);
  });
}

async function received(response: IncomingMessage): Promise<Outcome> {
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
