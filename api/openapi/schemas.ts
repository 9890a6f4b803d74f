import { z } from 'zod';

/** A JSON Schema of draft 2020-12, which is what OpenAPI 3.1 takes. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Turns schemas into JSON Schema; those that have a name are collected and referred to. */
export interface SchemaCollector {
  /** `input`: as it may be sent; `output`: as it is understood, or answered. */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema;
  /** The schemas with names so far. */
  readonly named: Readonly<Record<string, JsonSchema>>;
}

/** Begins a collection of schemas. */
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

/** Of zod, "readonly" says that the program changes no list; of OpenAPI, "readOnly" that a member may not be sent. */
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
