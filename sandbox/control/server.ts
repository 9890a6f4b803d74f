import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../core/request-body.ts';
import { Refusal } from '../zendesk/refusal.ts';
import type { ControlRoute } from './control-route.ts';
import { ControlError } from './control-route.ts';

/** The options of the control server. */
export interface ControlOptions {
  readonly routes: readonly ControlRoute[];
  readonly port?: number;
  readonly host?: string;
}

/** The running control server. */
export interface Control {
  readonly url: string;
  close(): Promise<void>;
}

const BODY_CAP_BYTES = 16 * 1024 * 1024;

/**
 * Starts the control server, with which tests, demo and bench read and change the systems. The journal does not record
 * it.
 */
export async function startControl({ routes, port = 0, host = '127.0.0.1' }: ControlOptions): Promise<Control> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    serve(routes, message, response).catch(() => response.destroy());
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host}:${address.port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  routes: readonly ControlRoute[],
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, body } = await handle(routes, message);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

interface ControlResponse {
  readonly status: number;
  readonly body?: unknown;
}

async function handle(routes: readonly ControlRoute[], message: IncomingMessage): Promise<ControlResponse> {
  try {
    const read = await readBody(message, BODY_CAP_BYTES);
    if (!read || read.malformed) throw new ControlError(400, 'The body is not JSON, or it is too long.');
    const { pathname, searchParams: query } = new URL(`http://control${message.url ?? '/'}`);
    const route = routes.find(({ method, pattern }) => method === message.method && pattern.test(pathname));
    if (!route) throw new ControlError(404, `There is no route ${message.method ?? ''} ${pathname}.`);
    const parts = (route.pattern.exec(pathname) ?? []).slice(1).map((part) => decodeURIComponent(part));
    const body = typeof read.body === 'object' && read.body !== null ? { ...read.body } : {};
    const result = await route.handle({ parts, query, body });
    return result === undefined ? { status: 204 } : { status: 200, body: result };
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): ControlResponse {
  if (error instanceof Refusal) return { status: error.status, body: { error: error.body } };
  const isBadRequest = error instanceof SyntaxError || error instanceof URIError;
  const status = error instanceof ControlError ? error.status : isBadRequest ? 400 : 500;
  return { status, body: { error: error instanceof Error ? error.message : String(error) } };
}
