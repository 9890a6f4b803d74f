import type { z } from 'zod';
import type { Endpoint } from '../admin/endpoint.ts';
import { errorAnswer } from './error-answer.ts';
import { REFUSALS, refusalsOf } from './refusals.ts';
import { collectSchemas, type JsonSchema, type SchemaCollector } from './schemas.ts';

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = Readonly<Record<string, unknown>> & {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
};

const ABOUT = `Everything that the command line does. A path that is not here is answered 404, another method of a path 405, with
the same shape of error as all refusals. Lists are newest first, and whole unless a limit is given. Times are UTC.`;

/** Describes endpoints that are mounted under `/api` as an OpenAPI 3.1 document. */
export function describeApi(endpoints: readonly Endpoint[]): OpenApiDocument {
  const schemas = collectSchemas();
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    const path = (paths[`/api${endpoint.path}`] ??= {});
    path[endpoint.method] = describe(endpoint, schemas);
  }
  const content = json(schemas.of(errorAnswer, 'output'));
  const responses = Object.entries(REFUSALS).map(([status, description]) => {
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
          description: 'The admin token, or one that `token create` has made.',
        },
      },
    },
  };
}

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds until a wrong token is looked at again.', schema: { type: 'integer' } },
};

function describe(endpoint: Endpoint, schemas: SchemaCollector): object {
  const { name, summary, scope, status, answer, body, file } = endpoint;
  const sent = body ?? file;
  const refused = refusalsOf(endpoint).map(
    (code) => [code, { $ref: `#/components/responses/${nameOf(String(code))}` }] as const,
  );
  return {
    operationId: name,
    summary,
    description: `Needs a token of the scope \`${scope}\`${scope === 'admin' ? '' : ' or wider'}.`,
    security: [{ bearer: [scope] }],
    parameters: describeParameters(endpoint, schemas),
    ...(sent && { requestBody: { required: !isOptional(sent), content: json(schemas.of(sent, 'input')) } }),
    responses: {
      [status]: { description: summary, content: json(schemas.of(answer, 'output')) },
      ...Object.fromEntries<object>(refused),
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
  // What a query means is described, since all that it carries is text.
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
