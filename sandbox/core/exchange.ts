import type { IncomingHttpHeaders } from 'node:http';
import type { JobAction } from './fault-actions.ts';

/** A request to a system's handler. */
export interface SandboxRequest {
  readonly method: string;
  /** The origin that the client used. Links lead to it. */
  readonly origin: string;
  /** The path as sent: percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON or the fields of a form; undefined when absent, malformed or of another type. */
  readonly body: unknown;
  readonly rawBody: Buffer;
  /** True if the content type is JSON and the body is not. */
  readonly malformed: boolean;
  /** The fault that applies to the bulk job that this request creates. */
  readonly jobFault?: JobAction;
}

/** The response of a handler. Objects are sent as JSON, strings and buffers unchanged, undefined as no body. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The name of the route, for the journal. */
  readonly operation: string;
  /** True if a write took effect. */
  readonly effect?: boolean;
}

/** Handles one request. An error that it throws becomes a 500. */
export type Handler = (request: SandboxRequest) => Promise<Reply> | Reply;
