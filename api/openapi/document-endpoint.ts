import { z } from 'zod';
import { endpoint, type Endpoint } from '../admin/endpoint.ts';
import { describeApi, type OpenApiDocument } from './describe-api.ts';

/** Adds `GET /api/openapi.json` to the endpoints: the document that describes all of them, itself included. */
export function documentEndpoint(others: readonly Endpoint[]): readonly Endpoint[] {
  let document: OpenApiDocument | undefined;
  const own: Endpoint = endpoint({
    method: 'get',
    path: '/openapi.json',
    name: 'describeApi',
    summary: 'This document: OpenAPI 3.1.',
    scope: 'read',
    params: {},
    answer: z.looseObject({ openapi: z.string() }),
    handle: () => () => Promise.resolve((document ??= describeApi(all))),
  });
  const all: readonly Endpoint[] = [...others, own];
  return all;
}
