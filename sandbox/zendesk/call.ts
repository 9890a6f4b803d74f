import type { JobAction } from '../core/fault-actions.ts';
import type { Account } from './account.ts';
import type { Headers } from './rate-limits.ts';
import { recordNotFound } from './refusal.ts';
import type { User } from './users.ts';

/** The caller of a request and its scopes. */
export interface Session {
  readonly user: User;
  readonly scopes: readonly string[];
  /** The OAuth token of the request; undefined for basic authentication. */
  readonly token?: string;
}

/** A request that matches a route. */
export interface Call {
  readonly account: Account;
  /** The origin that the client used. */
  readonly baseUrl: string;
  /** The path of the request, for the links of a list. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** Undefined for an anonymous caller, which only a few routes accept. */
  readonly session: Session | undefined;
  readonly jobFault?: JobAction;
}

/** The response of a route. */
export interface Result {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Headers;
}

/** A method and a path under /api/v2, such as `organizations/:id/tags`. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly pattern: string;
  /** The name of the route in the journal. */
  readonly operation: string;
  /** The required role; agents and admins by default. */
  readonly access?: 'anyone' | 'admin';
  /** Returns the response, or throws a Refusal. */
  readonly handle: (call: Call) => Result | Promise<Result>;
}

/** Returns a 200 with this body. */
export function ok(body: unknown, headers: Headers = {}): Result {
  return { status: 200, body, headers };
}

/** Returns the id in the path. Throws a 404 when it is not a number. */
export function idOf({ params }: Call, name = 'id'): number {
  const id = Number(params[name]);
  if (!Number.isSafeInteger(id)) throw recordNotFound();
  return id;
}

/** Returns the header that names the dropped properties, if any (recorded by node-zendesk). */
export function droppedHeader(resource: string, dropped: readonly string[]): Headers {
  if (dropped.length === 0) return {};
  const keys = JSON.stringify(dropped.map((name) => `${resource}.${name}`)).replace(/[^\x20-\x7e]/g, '?');
  return { 'x-zendesk-api-warn': `Removed restricted keys ${keys} from parameters according to whitelist` };
}
