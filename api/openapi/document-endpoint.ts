import { z } from 'zod';
import { endpoint, type Endpoint } from '../admin/endpoint.ts';
import { describeApi, type OpenApiDocument } from './describe-api.ts';

/** Adds the endpoint `GET /api/openapi.json`, which returns the OpenAPI document of all endpoints, including itself. */
export function documentEndpoint(others: readonly Endpoint[]): readonly Endpoint[] {
  let document: OpenApiDocument | undefined;
  const own: Endpoint = endpoint({
    method: 'get',
    path: '/openapi.json',
    name: 'describeApi',
    summary: 'Returns this OpenAPI 3.1 document.',
    scope: 'read',
    params: {},
    response: z.looseObject({ openapi: z.string() }),
    handle: () => () => Promise.resolve((document ??= describeApi(all))),
  });
  const all: readonly Endpoint[] = [...others, own];
  return all;
}
