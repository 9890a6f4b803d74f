import { readFileSync } from 'node:fs';

/** A schema of an OpenAPI 3.0 description, as far as the tests read it. */
interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
}

const { schemas } = JSON.parse(readFileSync(new URL('./zendesk-schemas.json', import.meta.url), 'utf8')) as {
  readonly schemas: Readonly<Record<string, Schema>>;
};

/** Returns the members that Zendesk's description gives an object, with their schemas. */
export function membersOf(name: string): Readonly<Record<string, Schema>> {
  const schema = schemas[name];
  if (schema === undefined) throw new Error(`There is no schema ${name}.`);
  return propertiesOf(schema);
}

/** Returns an object of this schema, with every member that the description has. */
export function sampleOf(name: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(membersOf(name)).map(([member, schema]) => [member, valueOf(schema)]));
}

/** Returns whether a member may be null, by the description. */
export function isNullable(schema: Schema): boolean {
  return schema.nullable === true;
}

function propertiesOf(schema: Schema): Readonly<Record<string, Schema>> {
  const target = resolve(schema);
  const inherited = (target.allOf ?? []).map(propertiesOf);
  return Object.assign({}, ...inherited, target.properties ?? {}) as Readonly<Record<string, Schema>>;
}

function resolve(schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  if (name === undefined) return schema;
  const target = schemas[name];
  if (target === undefined) throw new Error(`There is no schema ${name}.`);
  return resolve(target);
}

function valueOf(given: Schema): unknown {
  const schema = resolve(given);
  if (schema.enum !== undefined) return schema.enum[0];
  const [variant] = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  if (variant !== undefined) return valueOf(variant);
  if (schema.properties !== undefined || schema.allOf !== undefined) {
    const members = Object.entries(propertiesOf(schema));
    return Object.fromEntries(members.map(([name, member]) => [name, valueOf(member)]));
  }
  const simple = SIMPLE[schema.type ?? ''];
  if (simple !== undefined) return simple;
  if (schema.type === 'array') return schema.items === undefined ? [] : [valueOf(schema.items)];
  return schema.format === 'date-time' ? '2026-11-30T09:00:00Z' : 'text';
}

const SIMPLE: Readonly<Record<string, unknown>> = { integer: 7, number: 7, boolean: true, object: {} };
