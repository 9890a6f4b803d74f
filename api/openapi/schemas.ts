import { z } from 'zod';

/** A JSON Schema, draft 2020-12, as OpenAPI 3.1 requires. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A converter from zod schemas to JSON Schema. Named schemas are collected and referenced. */
export interface SchemaCollector {
  /** Converts a schema. `input`: the form that is sent; `output`: the form after parsing, or of a response. */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema;
  /** The named schemas that were converted so far. */
  readonly named: Readonly<Record<string, JsonSchema>>;
}

/** Creates a schema collector. */
export function collectSchemas(): SchemaCollector {
  const named: Record<string, JsonSchema> = {};
  return {
    named,
    of(schema, io) {
      const converted = z.toJSONSchema(schema, { io, override: withoutReadOnly });
      delete converted.$schema;
      const { $defs = {}, ...own } = withComponentReferences(converted);
      Object.assign(named, $defs);
      return own;
    },
  };
}

/**
 * In zod, "readonly" means that the program does not change a list. In OpenAPI, "readOnly" means that a member must not
 * be sent.
 */
function withoutReadOnly({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: { readOnly?: boolean };
}) {
  if (zodSchema._zod.def.type === 'readonly') delete jsonSchema.readOnly;
}

function withComponentReferences(schema: object): JsonSchema & { readonly $defs?: Record<string, JsonSchema> } {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/');
  return JSON.parse(text) as JsonSchema;
}
