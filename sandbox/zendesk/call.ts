import type { JobAction } from '../core/fault-actions.ts';
import type { Account } from './account.ts';
import type { Headers } from './rate-limits.ts';
import { recordNotFound } from './refusal.ts';
import type { User } from './users.ts';

/** Who asks, and with which scopes. */
export interface Session {
  readonly user: User;
  readonly scopes: readonly string[];
  /** The OAuth token in use; undefined for basic authentication. */
  readonly token?: string;
}

/** A request that has found its route. */
export interface Call {
  readonly account: Account;
  /** The origin that the client reached us by. */
  readonly baseUrl: string;
  /** The path as asked for, to build the links of a list from. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** Undefined for an anonymous caller, whom only a few routes accept. */
  readonly session: Session | undefined;
  readonly jobFault?: JobAction;
}

/** What a route answers. */
export interface Result {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Headers;
}

/** A method and a path under /api/v2, such as `organizations/:id/tags`. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly pattern: string;
  /** Its name in the journal. */
  readonly operation: string;
  /** Who may call it; default: agents and admins. */
  readonly access?: 'anyone' | 'admin';
  /** Answers, or throws a Refusal. */
  readonly handle: (call: Call) => Result | Promise<Result>;
}

/** A 200 with this body. */
export function ok(body: unknown, headers: Headers = {}): Result {
  return { status: 200, body, headers };
}

/** The id in the path; throws the 404 when it is no number. */
export function idOf({ params }: Call, name = 'id'): number {
  const id = Number(params[name]);
  if (!Number.isSafeInteger(id)) throw recordNotFound();
  return id;
}

/** The header that names the properties which were dropped, if any (recorded by node-zendesk). */
export function droppedHeader(resource: string, dropped: readonly string[]): Headers {
  if (dropped.length === 0) return {};
  const keys = JSON.stringify(dropped.map((name) => `${resource}.${name}`)).replace(/[^\x20-\x7e]/g, '?');
  return { 'x-zendesk-api-warn': `Removed restricted keys ${keys} from parameters according to whitelist` };
}
