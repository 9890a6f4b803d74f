import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../core/request-body.ts';
import { Refusal } from '../zendesk/refusal.ts';
import type { ControlRoute } from './answers.ts';
import { ControlError } from './answers.ts';

/** What the control server is made from. */
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

/** Starts the server by which tests, demo and bench look behind the systems and disturb them; none of it is journalled. */
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
  const { status, body } = await answerTo(routes, message);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

async function answerTo(routes: readonly ControlRoute[], message: IncomingMessage): Promise<Answer> {
  try {
    const read = await readBody(message, BODY_CAP_BYTES);
    if (!read || read.malformed) throw new ControlError(400, 'The body is no JSON, or far too long.');
    const { pathname, searchParams: query } = new URL(`http://control${message.url ?? '/'}`);
    const route = routes.find(({ method, pattern }) => method === message.method && pattern.test(pathname));
    if (!route) throw new ControlError(404, `There is no ${message.method ?? ''} ${pathname}.`);
    const parts = (route.pattern.exec(pathname) ?? []).slice(1).map((part) => decodeURIComponent(part));
    const body = typeof read.body === 'object' && read.body !== null ? { ...read.body } : {};
    const result = await route.handle({ parts, query, body });
    return result === undefined ? { status: 204 } : { status: 200, body: result };
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): Answer {
  if (error instanceof Refusal) return { status: error.status, body: { error: error.body } };
  const isCallers = error instanceof ControlError || error instanceof SyntaxError || error instanceof URIError;
  const status = error instanceof ControlError ? error.status : isCallers ? 400 : 500;
  return { status, body: { error: error instanceof Error ? error.message : String(error) } };
}
