import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from './answer.ts';
import type { Handler, Reply, SandboxRequest } from './exchange.ts';
import { isJobAction } from './fault-actions.ts';
import { strike } from './fault-strike.ts';
import type { Faults } from './faults.ts';
import type { Journal, SystemName } from './journal.ts';
import { readBody } from './request-body.ts';

/** What a listener is made from. */
export interface ListenerOptions {
  readonly system: SystemName;
  readonly handler: Handler;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Names a route that a fault keeps from being reached; default `unreached`. */
  readonly nameOperation?: (method: string, path: string) => string;
  /** Headers of every answer, also of those that a fault sends. */
  readonly extraHeaders?: () => Readonly<Record<string, string>>;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly host?: string;
}

/** A system that listens. */
export interface Listener {
  /** The origin, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Cuts every connection and frees the port. */
  close(): Promise<void>;
}

const BODY_CAP_BYTES = 16 * 1024 * 1024;

/** Starts an HTTP server for one system: faults strike around its handler, every request is journalled, none crashes it. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { host = '127.0.0.1' } = options;
  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    serve(options, message, response).catch(() => response.destroy());
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
  });
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(options: ListenerOptions, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const { system, journal, faults, nameOperation = () => 'unreached' } = options;
  const url = new URL(`http://sandbox${message.url?.startsWith('/') ? message.url : '/'}`);
  const method = message.method ?? 'GET';
  const read = await readBody(message, BODY_CAP_BYTES);
  const fault = read && faults.take(system, method, url.pathname);
  const operation = nameOperation(method, url.pathname);
  const produce = async (): Promise<Reply> => {
    if (!read) return { status: 413, body: { error: 'PayloadTooLarge' }, operation };
    const jobFault = fault && isJobAction(fault.action) ? { jobFault: fault.action } : {};
    const { pathname: path, searchParams: query } = url;
    return await handled(
      options.handler,
      { method, path, query, headers: message.headers, ...read, ...jobFault },
      operation,
    );
  };
  const sent = `${message.headers.authorization ?? ''} ${read?.rawBody.toString('utf8') ?? ''}`;
  const outcome = await strike({ fault, faults, operation, sent }, produce);
  journal.record({
    system,
    method,
    path: url.pathname,
    query: url.search.slice(1),
    status: await answer(response, outcome, { message, extraHeaders: options.extraHeaders?.() ?? {} }),
    effect: outcome.effect,
    operation: outcome.operation,
    ...(fault ? { fault: fault.action.kind } : {}),
    ...(read?.body === undefined ? {} : { body: read.body }),
  });
}

async function handled(handler: Handler, request: SandboxRequest, operation: string): Promise<Reply> {
  try {
    return await handler(request);
  } catch (error) {
    const description = error instanceof Error ? error.message : String(error);
    return { status: 500, body: { error: 'InternalError', description }, operation };
  }
}
