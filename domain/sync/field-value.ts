/** A value of a record or of a field in Zendesk. Null and the empty text both mean "no value". */
export type FieldValue = string | number | boolean | null;

/** Values by the name of their member or the key of their field. */
export type Values = Readonly<Record<string, FieldValue>>;

/** The dates by which F&O means "no date" and "without end" (Microsoft docs, date handling; recorded answers). */
const NO_DATE = /^(?:1900-01-01|2154-12-31)T/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/**
 * Reads a member of an F&O row. Texts are trimmed and joined into one line. Empty texts and the dates that mean "no
 * date" become null. Numbers, booleans and other dates stay as F&O serves them.
 */
export function readErpValue(served: FieldValue): FieldValue {
  if (typeof served !== 'string') return served;
  const text = served.replace(/\p{Cc}+/gu, ' ').trim();
  return text === '' || NO_DATE.test(text) ? null : text;
}

/**
 * Returns a value as text for a text field. A date and time of F&O becomes its day, because F&O serves days as noon
 * UTC.
 */
export function textValue(value: FieldValue): string | null {
  if (value === null || value === '') return null;
  const text = String(value);
  return DATE_TIME.exec(text)?.[1] ?? text;
}

/** Returns whether two values are equal in Zendesk, which trims texts and treats an empty text as no value. */
export function sameValue(one: FieldValue, other: FieldValue): boolean {
  return comparable(one) === comparable(other);
}

function comparable(value: FieldValue): FieldValue {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  return text === '' ? null : text;
}
