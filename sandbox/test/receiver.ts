import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A request to the receiver. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
  readonly atMs: number;
}

/** A response of the receiver. */
export interface ReceiverResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Real milliseconds before the response. */
  readonly afterMs?: number;
}

/** A server that receives webhooks and events. */
export interface Receiver {
  readonly url: string;
  readonly requests: Received[];
  /** Returns the response to a request. `count` is the number of the request, from 1. */
  respond: (request: Received, count: number) => ReceiverResponse;
  /** Returns the nth request, counted from 1. Throws when it has not arrived. */
  request(nth: number): Received;
  /** Waits until `count` requests have arrived. */
  waitFor(count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

/** Starts a receiver that responds with 202 to everything. */
export async function startReceiver(): Promise<Receiver> {
  const requests: Received[] = [];
  const receiver: Receiver = {
    url: '',
    requests,
    respond: () => ({ status: 202 }),
    request: (nth) => {
      const found = requests[nth - 1];
      if (!found) throw new Error(`Only ${requests.length} requests arrived.`);
      return found;
    },
    waitFor: async (count) => {
      for (let waited = 0; requests.length < count; waited += 5) {
        if (waited > 20_000) throw new Error(`Only ${requests.length} of ${count} requests arrived.`);
        await wait(5);
      }
      return requests;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  const server = createServer((message, response) => void serve(receiver, message, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(receiver, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` });
}

async function serve(receiver: Receiver, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = '', url = '', headers, rawHeaders } = message;
  const request = { method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString('utf8'), atMs: Date.now() };
  receiver.requests.push(request);
  const { status, headers: given = {}, body, afterMs = 0 } = receiver.respond(request, receiver.requests.length);
  if (afterMs > 0) await wait(afterMs);
  response.writeHead(status, given);
  response.end(body);
}
