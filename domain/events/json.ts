/** A JSON object with unknown members. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Returns whether a parsed JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns a JSON text with sorted members, so that equal contents have equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return value === undefined ? 'null' : JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
  return `{${members.join(',')}}`;
}

/**
 * Reads a member as trimmed text and ignores the case of its name, because serializers differ. Numbers become text.
 * Returns '' when there is no such member, and for a text with NUL, which PostgreSQL cannot store.
 */
export function textMember(object: JsonObject, name: string): string {
  const text = idMember(object, name);
  return text.includes('\u0000') ? '' : text;
}

/** Reads a member as `textMember` does, with any character. `eventDefect` checks it. */
export function idMember(object: JsonObject, name: string): string {
  const value = member(object, name);
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' ? String(value) : '';
}

/** Reads a member and ignores the case of its name. Returns undefined when there is none. */
export function member(object: JsonObject, name: string): unknown {
  const wanted = name.toLowerCase();
  const exact = Object.hasOwn(object, name) ? object[name] : undefined;
  return exact ?? Object.entries(object).find(([other]) => other.toLowerCase() === wanted)?.[1];
}
