/** A value of a record or of a field in Zendesk. Null and the empty text both mean that there is none. */
export type FieldValue = string | number | boolean | null;

/** Values by the name of their member or the key of their field. */
export type Values = Readonly<Record<string, FieldValue>>;

/** Dates by which F&O says "none" and "without end" (Microsoft docs, date handling; recorded answers). */
const NO_DATE = /^(?:1900-01-01|2154-12-31)T/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/**
 * Reads a member of an F&O row: texts are trimmed and put on one line, the dates that stand for "none" and empty texts become
 * null, numbers and booleans stay what they are. A date stays in the form in which F&O serves it.
 */
export function readErpValue(served: FieldValue): FieldValue {
  if (typeof served !== 'string') return served;
  const text = served.replace(/\p{Cc}+/gu, ' ').trim();
  return text === '' || NO_DATE.test(text) ? null : text;
}

/**
 * Writes a value as text for a text field: numbers in their shortest form, a date and time of F&O as its day, since F&O serves
 * days as noon UTC.
 */
export function textValue(value: FieldValue): string | null {
  if (value === null || value === '') return null;
  const text = String(value);
  return DATE_TIME.exec(text)?.[1] ?? text;
}

/** Returns whether two values are the same to Zendesk, which trims texts and does not tell an empty text from none. */
export function sameValue(one: FieldValue, other: FieldValue): boolean {
  return comparable(one) === comparable(other);
}

function comparable(value: FieldValue): FieldValue {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  return text === '' ? null : text;
}
