/** A JSON object whose members are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Returns whether a parsed JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Writes a JSON value in one way whatever the order of its members, so that equal contents give equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return value === undefined ? 'null' : JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
  return `{${members.join(',')}}`;
}

/**
 * Reads a member as text, whatever the case of its name: serializers differ. Numbers become their digits. Returns '' where
 * there is none, and for a text with a NUL, which names nothing and which the store could not keep.
 */
export function textMember(object: JsonObject, name: string): string {
  const value = member(object, name);
  if (typeof value === 'string') return value.includes('\u0000') ? '' : value.trim();
  return typeof value === 'number' ? String(value) : '';
}

/** Reads a member whatever the case of its name. Returns undefined where there is none. */
export function member(object: JsonObject, name: string): unknown {
  const wanted = name.toLowerCase();
  const exact = Object.hasOwn(object, name) ? object[name] : undefined;
  return exact ?? Object.entries(object).find(([other]) => other.toLowerCase() === wanted)?.[1];
}
