import type { z } from 'zod';
import type { TokenScope } from '../../store/operations/tokens.ts';
import type { AdminDeps } from './admin-deps.ts';

/** Statuses below which an endpoint says why it did not do what was asked; those that every endpoint has are not named by it. */
export type Refusal = 404 | 409 | 422 | 502 | 504;

/**
 * One method of one path of the admin API. Both the routing and the OpenAPI document are made of these alone, so what is routed
 * is described, and what is described is what requests are judged by.
 */
export interface Endpoint {
  readonly method: 'get' | 'post' | 'delete';
  /** Below `/api`, parameters in braces. */
  readonly path: string;
  /** Its name for programs. */
  readonly name: string;
  /** What it does, in a sentence. */
  readonly summary: string;
  /** The narrowest token that may ask. */
  readonly scope: TokenScope;
  /** What the audit calls it; absent where one only looks. */
  readonly action?: string;
  /** What a parameter that names something looks like; another names nothing and is answered 404. */
  readonly params: Readonly<Record<string, z.ZodType>>;
  readonly query?: z.ZodObject;
  /** The body, judged before the endpoint is asked. */
  readonly body?: z.ZodType;
  /** The body, where the endpoint judges it itself: `handle` gets it as it came. */
  readonly file?: z.ZodType;
  readonly status: 200 | 201 | 202;
  readonly answer: z.ZodType;
  readonly refusals: readonly Refusal[];
  readonly handle: (deps: AdminDeps) => (asked: Asked<string, unknown, unknown>) => Promise<unknown>;
}

/** What a request asked, as the schemas of its endpoint have understood it. */
export interface Asked<Path extends string, Query, Body> {
  readonly params: Readonly<Record<ParamName<Path>, string>>;
  readonly query: Query;
  readonly body: Body;
}

type ParamName<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamName<Rest>
  : never;

interface Definition<Path extends string, Query, Body, Answer> extends Omit<
  Endpoint,
  'path' | 'params' | 'query' | 'body' | 'answer' | 'status' | 'refusals' | 'handle'
> {
  readonly path: Path;
  readonly params: Readonly<Record<ParamName<Path>, z.ZodType>>;
  readonly query?: z.ZodObject & z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** 200 unless told. */
  readonly status?: Endpoint['status'];
  readonly answer: z.ZodType<Answer>;
  readonly refusals?: readonly Refusal[];
  readonly handle: (deps: AdminDeps) => (asked: Asked<Path, Query, Body>) => Promise<Answer>;
}

/** An endpoint whose answer has a known type. */
export type AnsweringEndpoint<Answer> = Endpoint & { readonly answer: z.ZodType<Answer> };

/** Defines an endpoint: what `handle` gets and answers has the types of the schemas. */
export function endpoint<const Path extends string, Answer, Query = unknown, Body = unknown>(
  definition: Definition<Path, Query, Body, Answer>,
): AnsweringEndpoint<Answer> {
  return { status: 200, refusals: [], ...definition, handle: definition.handle as Endpoint['handle'] };
}
