import type { z } from 'zod';
import type { Endpoint } from '../admin/endpoint.ts';
import { errorResponse } from './error-response.ts';
import { ERROR_RESPONSES, errorStatusesOf } from './error-responses.ts';
import { collectSchemas, type JsonSchema, type SchemaCollector } from './schemas.ts';

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = Readonly<Record<string, unknown>> & {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
};

const ABOUT = `The command line uses only this API. An unknown path gets 404, and another method of a known path gets 405. All errors
have the same form. Lists are sorted from newest to oldest and are complete unless you set a limit. Times are UTC.`;

/** Returns the OpenAPI 3.1 document of endpoints that are mounted under `/api`. */
export function describeApi(endpoints: readonly Endpoint[]): OpenApiDocument {
  const schemas = collectSchemas();
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    const path = (paths[`/api${endpoint.path}`] ??= {});
    path[endpoint.method] = describe(endpoint, schemas);
  }
  const content = json(schemas.of(errorResponse, 'output'));
  const responses = Object.entries(ERROR_RESPONSES).map(([status, description]) => {
    const headers = status === '429' ? { headers: RETRY_AFTER } : {};
    return [nameOf(status), { description, ...headers, content }] as const;
  });
  return {
    openapi: '3.1.1',
    info: { title: 'Ledgerdesk admin API', version: '1.0.0', description: ABOUT.replaceAll('\n', ' ') },
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: schemas.named,
      responses: Object.fromEntries(responses),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'The admin token, or a token from `ledgerdesk token create`.',
        },
      },
    },
  };
}

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds until you may try another token.', schema: { type: 'integer' } },
};

function describe(endpoint: Endpoint, schemas: SchemaCollector): object {
  const { name, summary, scope, status, response, body, file } = endpoint;
  const requestBody = body ?? file;
  const errors = errorStatusesOf(endpoint).map(
    (code) => [code, { $ref: `#/components/responses/${nameOf(String(code))}` }] as const,
  );
  return {
    operationId: name,
    summary,
    description: `Needs a token with the scope \`${scope}\`${scope === 'admin' ? '' : ' or a wider one'}.`,
    security: [{ bearer: [scope] }],
    parameters: describeParameters(endpoint, schemas),
    ...(requestBody && {
      requestBody: { required: !isOptional(requestBody), content: json(schemas.of(requestBody, 'input')) },
    }),
    responses: {
      [status]: { description: summary, content: json(schemas.of(response, 'output')) },
      ...Object.fromEntries<object>(errors),
    },
  };
}

function describeParameters({ params, query }: Endpoint, schemas: SchemaCollector): object[] {
  const inPath = Object.entries(params).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    schema: schemas.of(schema, 'input'),
  }));
  // Query values are always text, so the parsed type is documented.
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: schemas.of(schema as z.ZodType, 'output'),
  }));
  return [...inPath, ...inQuery];
}

/** An absent body counts as `{}`. */
function isOptional(body: z.ZodType): boolean {
  return body.safeParse({}).success;
}

function json(schema: JsonSchema): object {
  return { 'application/json': { schema } };
}

function nameOf(status: string): string {
  return `Refused${status}`;
}
