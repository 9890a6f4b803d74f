import { invalidAttribute, parameterMissing } from './refusal.ts';

/** A JSON object whose members are not validated yet. */
export type WireObject = Readonly<Record<string, unknown>>;

/** Returns whether a JSON value is an object. */
export function isWireObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the object in a member of a request's body. Throws a 400 for a missing parameter. */
export function memberObject(body: unknown, name: string): WireObject {
  const member = isWireObject(body) ? body[name] : undefined;
  if (!isWireObject(member)) throw parameterMissing(name);
  return member;
}

/** Returns the objects of the list in a member of a request's body. Throws a 400 for a missing parameter. */
export function memberObjects(body: unknown, name: string): WireObject[] {
  const member = isWireObject(body) ? body[name] : undefined;
  if (!Array.isArray(member)) throw parameterMissing(name);
  return member.map((item: unknown) => (isWireObject(item) ? item : {}));
}

/** Returns a text attribute as Zendesk stores it: a number becomes a string, an empty string becomes null. */
export function textOrNull(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Returns an id given as a number or as digits; null otherwise. */
export function idOrNull(value: unknown): number | null {
  const id = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
}

/** Returns the strings of a list, or the parts of a string split at blanks and commas. */
export function texts(value: unknown): string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/).filter((part) => part !== '');
  if (!Array.isArray(value)) return [];
  return value
    .filter((item): item is string => typeof item === 'string' && item.trim() !== '')
    .map((item) => item.trim());
}

/** Returns tags as Zendesk stores them: in lower case, without blanks, each only once. */
export function tagsOf(value: unknown): string[] {
  return [...new Set(texts(value).map((tag) => tag.toLowerCase().replace(/\s+/g, '_')))];
}

/** Returns a whole number in a query; undefined when absent. Throws a 400 for anything else. */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    throw invalidAttribute(
      `You passed an invalid value for the ${name} attribute. Invalid parameter: ${name} must be an integer`,
    );
  }
  return Number(text);
}
