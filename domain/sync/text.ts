/** Takes the place of a character that cannot be stored, as in every decoder of Unicode (Unicode Standard, 3.9). */
const REPLACEMENT = '\uFFFD';
const LONE_SURROGATE = /\p{Cs}/gu;

/**
 * Returns whether a text can be stored. PostgreSQL stores neither NUL nor half of a surrogate pair (PostgreSQL docs,
 * JSON types). F&O and Zendesk serve both as JSON escapes, such as `\ud83e` at the end of a name that was cut.
 */
export function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.search(LONE_SURROGATE) === -1;
}

/** Replaces the characters that cannot be stored. All other texts stay as they are. */
export function repairText(text: string): string {
  return isStorable(text) ? text : text.replaceAll('\u0000', REPLACEMENT).replace(LONE_SURROGATE, REPLACEMENT);
}

/** Writes the characters that cannot be stored as their escapes, so that different texts stay different. */
export function escapeText(text: string): string {
  return text.replaceAll('\u0000', escaped).replace(LONE_SURROGATE, escaped);
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Repairs all texts in a parsed JSON value, the names of members included. */
export function repairJson(value: unknown): unknown {
  if (typeof value === 'string') return repairText(value);
  if (Array.isArray(value)) return value.map(repairJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [repairText(name), repairJson(member)]));
}
