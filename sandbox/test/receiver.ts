import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A request that the receiver has got. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
  readonly atMs: number;
}

/** What the receiver answers. */
export interface Given {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Real milliseconds before it answers. */
  readonly afterMs?: number;
}

/** A server that webhooks and events are sent to. */
export interface Receiver {
  readonly url: string;
  readonly requests: Received[];
  /** Decides the answers from now on; the number counts requests from 1. */
  answer: (request: Received, count: number) => Given;
  /** The request of this number, counted from 1; throws when it has not come. */
  request(nth: number): Received;
  /** Resolves when so many requests have come. */
  got(count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

/** Starts one that answers 202 to everything. */
export async function startReceiver(): Promise<Receiver> {
  const requests: Received[] = [];
  const receiver: Receiver = {
    url: '',
    requests,
    answer: () => ({ status: 202 }),
    request: (nth) => {
      const found = requests[nth - 1];
      if (!found) throw new Error(`Only ${requests.length} requests came.`);
      return found;
    },
    got: async (count) => {
      for (let waited = 0; requests.length < count; waited += 5) {
        if (waited > 20_000) throw new Error(`Only ${requests.length} of ${count} requests came.`);
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
  const { status, headers: given = {}, body, afterMs = 0 } = receiver.answer(request, receiver.requests.length);
  if (afterMs > 0) await wait(afterMs);
  response.writeHead(status, given);
  response.end(body);
}
