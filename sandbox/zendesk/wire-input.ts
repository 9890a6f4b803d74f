import { invalidAttribute, parameterMissing } from './refusal.ts';

/** A JSON object whose members are yet to be judged. */
export type WireObject = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object. */
export function isWireObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under a member of a request's body; throws the 400 for a missing parameter. */
export function memberObject(body: unknown, name: string): WireObject {
  const member = isWireObject(body) ? body[name] : undefined;
  if (!isWireObject(member)) throw parameterMissing(name);
  return member;
}

/** The objects in the list under a member of a request's body; throws the 400 for a missing parameter. */
export function memberObjects(body: unknown, name: string): WireObject[] {
  const member = isWireObject(body) ? body[name] : undefined;
  if (!Array.isArray(member)) throw parameterMissing(name);
  return member.map((item: unknown) => (isWireObject(item) ? item : {}));
}

/** A text attribute as Zendesk stores it: numbers become text, null and the empty text are nothing. */
export function textOrNull(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** An id given as a number or as its digits; null otherwise. */
export function idOrNull(value: unknown): number | null {
  const id = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
}

/** A list of texts: a list as given, or a text split at blanks and commas. */
export function texts(value: unknown): string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/).filter((part) => part !== '');
  if (!Array.isArray(value)) return [];
  return value
    .filter((item): item is string => typeof item === 'string' && item.trim() !== '')
    .map((item) => item.trim());
}

/** Tags as Zendesk keeps them: lower case, no blanks, each once. */
export function tagsOf(value: unknown): string[] {
  return [...new Set(texts(value).map((tag) => tag.toLowerCase().replace(/\s+/g, '_')))];
}

/** A whole number of a query; undefined when absent; throws the 400 for anything else. */
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
