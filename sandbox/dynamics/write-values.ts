import type { EntityType, Property, Value } from './entity-type.ts';
import { labelOf, typeNameOf } from './entity-type.ts';
import { ENUMERATIONS, NAMESPACE } from './enumerations.ts';
import { fieldsRefused, refusal } from './refusal.ts';
import type { Row, RowTable, Values } from './row-table.ts';
import type { DynamicsSettings } from './settings.ts';

/** Parses the body of a write. Throws a 400 for properties and values that do not fit the type. */
export function valuesOf(body: unknown, type: EntityType, settings: DynamicsSettings): Values {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badBody('An unexpected body was found.');
  const values: Values = {};
  for (const [name, value] of Object.entries(body)) {
    if (name.includes('@odata.')) continue;
    const property = type.properties.get(name);
    if (!property) throw badBody(unknownText(name, type));
    values[name] = toValue(property, value, settings);
  }
  return values;
}

/** Throws unless every value that differs from the row may be edited. */
export function requireEditable(
  table: RowTable,
  { row, values }: { row: Row; values: Values },
  settings: DynamicsSettings,
): void {
  const { type } = table;
  const changed = Object.entries(values).filter(([name, value]) => table.read(row, name) !== value);
  const refused = changed.map(([name]) => name).filter((name) => !isEditable(type, name, settings));
  if (refused.length === 0) return;
  const warnings = refused.map((name) => `Field '${labelOf(name)}' does not allow editing`);
  throw fieldsRefused(type, refused, warnings);
}

/** Returns whether a property allows editing under these settings. */
export function isEditable(type: EntityType, name: string, { notEditable }: DynamicsSettings): boolean {
  return type.properties.get(name)?.allowEdit === true && !notEditable.includes(`${type.name}.${name}`);
}

/** Returns the 400 for a body that is not an entity. */
export function badBody(text: string): Error {
  return refusal(400, { type: 'Microsoft.OData.ODataException', text });
}

function unknownText(name: string, type: EntityType): string {
  return (
    `The property '${name}' does not exist on type '${NAMESPACE}.${type.name}'. ` +
    'Make sure to only use property names that are defined by the type.'
  );
}

/** F&O cuts texts that are too long, as X++ does. */
function toValue(property: Property, value: unknown, { memoLineEnds }: DynamicsSettings): Value {
  if (value === null) return initialOf(property);
  const isRight = typeof value === (isNumeric(property.type) ? 'number' : 'string');
  if (!isRight || (typeof value !== 'string' && typeof value !== 'number')) {
    const { name } = property;
    throw badBody(`Cannot convert a value of the property '${name}' to the expected type '${typeNameOf(property)}'.`);
  }
  requireReadable(property, String(value));
  const text = String(value);
  if (property.maxLength !== undefined && text.length > property.maxLength) return text.slice(0, property.maxLength);
  if (property.isMemo && memoLineEnds === 'crlf') return text.replaceAll(/\r\n?|\n/g, '\r\n');
  return value;
}

function initialOf(property: Property): Value {
  const { isMandatory, name, initial } = property;
  if (!isMandatory) return initial;
  const expected = `${typeNameOf(property)}[Nullable=False]`;
  throw badBody(`A null value was found for the property named '${name}', which has the expected type '${expected}'.`);
}

function requireReadable({ type, enumeration }: Property, text: string): void {
  if (enumeration !== undefined && ENUMERATIONS[enumeration]?.includes(text) !== true)
    throw badBody(`Requested value '${text}' was not found.`);
  if (type === 'Edm.DateTimeOffset' && Number.isNaN(Date.parse(text)))
    throw badBody(`Cannot convert the literal '${text}' to the expected type 'Edm.DateTimeOffset'.`);
}

function isNumeric(type: Property['type']): boolean {
  return type === 'Edm.Int32' || type === 'Edm.Int64' || type === 'Edm.Decimal';
}
