/** A JSON object whose members are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a parsed JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Writes a JSON value in one way whatever the order of its members, so that equal contents are equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
  return `{${members.join(',')}}`;
}

/** Reads a member as text, whatever the case of its name: serialisers differ. Numbers become their digits; '' where there is none. */
export function textMember(object: JsonObject, name: string): string {
  const exact = object[name];
  const wanted = name.toLowerCase();
  const value = exact ?? Object.entries(object).find(([other]) => other.toLowerCase() === wanted)?.[1];
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' ? String(value) : '';
}

/** Reads a member whatever the case of its name; undefined where there is none. */
export function member(object: JsonObject, name: string): unknown {
  const wanted = name.toLowerCase();
  return object[name] ?? Object.entries(object).find(([other]) => other.toLowerCase() === wanted)?.[1];
}
