import type { FieldValue } from '../sync/field-value.ts';

/** Stands for a value that is not shown. */
export const MASK = '•••';

/** Masks a value of a person: the first character stays. An email address also keeps the first one of its domain. */
export function masked(value: FieldValue): FieldValue {
  if (value === null || value === '') return value;
  const [name = '', domain] = String(value).split('@');
  const start = (text: string): string => `${Array.from(text)[0] ?? ''}${MASK}`;
  return domain === undefined ? start(name) : `${start(name)}@${start(domain)}`;
}
