import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from './clock.ts';
import { sendReply } from './send-reply.ts';
import type { Handler, Reply, SandboxRequest } from './exchange.ts';
import { isJobAction } from './fault-actions.ts';
import { applyFault } from './apply-fault.ts';
import { createGivenLinks, type GivenLinks } from './given-links.ts';
import type { Faults } from './faults.ts';
import type { Journal, SystemName } from './journal.ts';
import { readBody } from './request-body.ts';

/** The key of a TLS server and its certificate, both in PEM form. */
export interface TlsFiles {
  readonly key: string;
  readonly cert: string;
}

/** How a system is reached. */
export interface Reach {
  /** Default 0, any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Plain HTTP by default. */
  readonly tls?: TlsFiles;
  /** The origin under which clients know the system, if a proxy leads from there to the port. */
  readonly publicUrl?: string;
}

/** The options of a listener. */
export interface ListenerOptions extends Reach {
  readonly system: SystemName;
  /** Gives the header Date of every response. */
  readonly clock: Clock;
  readonly handler: Handler;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Returns the name of a route that a fault prevents from being reached; default `unreached`. */
  readonly nameOperation?: (method: string, path: string) => string;
  /** Headers of every response, including those of faults. */
  readonly extraHeaders?: () => Readonly<Record<string, string>>;
}

/** A listening system. */
export interface Listener {
  /** The origin for clients, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Closes every connection and frees the port. */
  close(): Promise<void>;
}

const BODY_CAP_BYTES = 16 * 1024 * 1024;

/**
 * Starts the HTTP server of one system. It applies faults, records every request in the journal, and survives every
 * request.
 */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { host = '127.0.0.1', tls, publicUrl } = options;
  const links = createGivenLinks();
  const respond = (message: IncomingMessage, response: ServerResponse): void => {
    serve({ ...options, links }, message, response).catch(() => response.destroy());
  };
  const keepAlive = { keepAliveTimeout: 60_000 };
  const server =
    tls === undefined ? createServer(keepAlive, respond) : createTlsServer({ ...keepAlive, ...tls }, respond);
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
  });
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: publicUrl ?? `${schemeOf(options)}://${host}:${port}`,
    port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  options: ListenerOptions & { readonly links: GivenLinks },
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { system, clock, journal, faults, links, nameOperation = () => 'unreached' } = options;
  const url = new URL(`http://sandbox${message.url?.startsWith('/') ? message.url : '/'}`);
  const method = message.method ?? 'GET';
  const origin = `${schemeOf(options)}://${message.headers.host ?? 'localhost'}`;
  const read = await readBody(message, BODY_CAP_BYTES);
  const fault = read && faults.take(system, method, url.pathname);
  const operation = nameOperation(method, url.pathname);
  const produce = async (): Promise<Reply> => {
    if (!read) return { status: 413, body: { error: 'PayloadTooLarge' }, operation };
    const jobFault = fault && isJobAction(fault.action) ? { jobFault: fault.action } : {};
    const { pathname: path, searchParams: query } = url;
    const request = { method, origin, path, query, headers: message.headers, ...read, ...jobFault };
    const reply = await handleSafely(options.handler, request, operation);
    const rewound = fault?.action.kind === 'rewind' ? links.rewind(request, reply, fault.action.back ?? 1) : reply;
    links.note(request, rewound);
    return rewound;
  };
  const sent = `${message.headers.authorization ?? ''} ${read?.rawBody.toString('utf8') ?? ''}`;
  const outcome = await applyFault({ fault, faults, operation, sent }, produce);
  journal.record({
    system,
    method,
    path: url.pathname,
    query: url.search.slice(1),
    status: await sendReply(response, outcome, {
      message,
      extraHeaders: { date: clock.ofClient().toUTCString(), ...options.extraHeaders?.() },
    }),
    effect: outcome.effect,
    operation: outcome.operation,
    ...(fault ? { fault: fault.action.kind } : {}),
    ...(read?.body === undefined ? {} : { body: read.body }),
  });
}

function schemeOf({ tls }: Reach): string {
  return tls === undefined ? 'http' : 'https';
}

async function handleSafely(handler: Handler, request: SandboxRequest, operation: string): Promise<Reply> {
  try {
    return await handler(request);
  } catch (error) {
    const description = error instanceof Error ? error.message : String(error);
    return { status: 500, body: { error: 'InternalError', description }, operation };
  }
}
