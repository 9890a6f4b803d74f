import type { z } from 'zod';
import type { TokenScope } from '../../store/operations/tokens.ts';
import type { AdminDeps } from './admin-deps.ts';
import type { Actor } from './bearer.ts';

/** The error statuses that an endpoint declares. Statuses that all endpoints have in common are not declared. */
export type ErrorStatus = 404 | 409 | 422 | 502 | 504;

/**
 * One method of one path of the admin API. The routes and the OpenAPI document are both created from it. So every route
 * is documented, and requests are validated with the documented schemas.
 */
export interface Endpoint {
  readonly method: 'get' | 'post' | 'delete';
  /** The path below `/api`, with parameters in braces. */
  readonly path: string;
  /** The operation id. */
  readonly name: string;
  /** A sentence for the OpenAPI document. */
  readonly summary: string;
  /** The narrowest scope that is allowed. */
  readonly scope: TokenScope;
  /** The name of the action in the audit log. Endpoints that only read have none. */
  readonly action?: string;
  /** The forms of the path parameters. They are documentation: a value of another form is not found, so it gets 404. */
  readonly params: Readonly<Record<string, z.ZodType>>;
  readonly query?: z.ZodObject;
  /** The schema of the body, which is validated before `handle` is called. */
  readonly body?: z.ZodType;
  /** The schema of a body that `handle` validates itself. */
  readonly file?: z.ZodType;
  readonly status: 200 | 201 | 202;
  readonly response: z.ZodType;
  readonly errors: readonly ErrorStatus[];
  readonly handle: (deps: AdminDeps) => (input: EndpointInput<string, unknown, unknown>) => Promise<unknown>;
}

/** The input of an endpoint, after validation by its schemas. */
export interface EndpointInput<Path extends string, Query, Body> {
  readonly params: Readonly<Record<ParamName<Path>, string>>;
  readonly query: Query;
  readonly body: Body;
  /** The sender of the request. */
  readonly actor: Actor;
}

type ParamName<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamName<Rest>
  : never;

interface Definition<Path extends string, Query, Body, Result> extends Omit<
  Endpoint,
  'path' | 'params' | 'query' | 'body' | 'response' | 'status' | 'errors' | 'handle'
> {
  readonly path: Path;
  readonly params: Readonly<Record<ParamName<Path>, z.ZodType>>;
  readonly query?: z.ZodObject & z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** Default: 200. */
  readonly status?: Endpoint['status'];
  readonly response: z.ZodType<Result>;
  readonly errors?: readonly ErrorStatus[];
  readonly handle: (deps: AdminDeps) => (input: EndpointInput<Path, Query, Body>) => Promise<Result>;
}

/** An endpoint with a known type of response. */
export type TypedEndpoint<Result> = Endpoint & { readonly response: z.ZodType<Result> };

/** Defines an endpoint. The types of the input and of the result of `handle` follow from the schemas. */
export function endpoint<const Path extends string, Result, Query = unknown, Body = unknown>(
  definition: Definition<Path, Query, Body, Result>,
): TypedEndpoint<Result> {
  return { status: 200, errors: [], ...definition, handle: definition.handle as Endpoint['handle'] };
}
