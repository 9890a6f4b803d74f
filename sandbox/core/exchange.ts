import type { IncomingHttpHeaders } from 'node:http';
import type { JobAction } from './fault-actions.ts';

/** A request as a system's handler sees it. */
export interface SandboxRequest {
  readonly method: string;
  /** The path as sent: percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON or the fields of a form; undefined when absent, of another kind or malformed. */
  readonly body: unknown;
  readonly rawBody: Buffer;
  /** Whether the body claimed to be JSON and was not. */
  readonly malformed: boolean;
  /** What is to happen to the bulk job that this request creates. */
  readonly jobFault?: JobAction;
}

/** A handler's answer: objects are sent as JSON, strings and buffers as they are, undefined as no body. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The name of the route, for the journal. */
  readonly operation: string;
  /** Whether a write took effect. */
  readonly effect?: boolean;
}

/** Answers one request; what it throws becomes a 500. */
export type Handler = (request: SandboxRequest) => Promise<Reply> | Reply;
