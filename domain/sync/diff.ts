import { sameValue, type FieldValue, type Values } from './field-value.ts';

/** A difference in one field. `before` is undefined where it is not known what Zendesk holds. */
export interface FieldChange {
  readonly field: string;
  readonly before: FieldValue | undefined;
  readonly after: FieldValue;
}

/** Returns what differs between the values that a record should have and those that Zendesk holds; a key that is missing in `seen` is unknown. */
export function diff(desired: Values, seen: Values): readonly FieldChange[] {
  return Object.entries(desired).flatMap(([field, after]) => {
    const before = Object.hasOwn(seen, field) ? (seen[field] ?? null) : undefined;
    return before !== undefined && sameValue(before, after) ? [] : [{ field, before, after }];
  });
}

/** What is known of our last write to an organization or user. */
export interface LastWrite {
  /** What was sent, by field; null before the first write. */
  readonly written: Values | null;
  /** Whether nobody has changed it in Zendesk since, by Zendesk's clock. */
  readonly isLatest: boolean;
}

/**
 * Splits differences into those to write and the fields that Zendesk ignores: we wrote the very value, nobody has changed the
 * record since, and yet Zendesk shows another one. Such a field is not written again until one of the two sides changes.
 */
export function splitIgnored(
  changes: readonly FieldChange[],
  { written, isLatest }: LastWrite,
): { readonly toWrite: readonly FieldChange[]; readonly ignored: readonly string[] } {
  const isIgnored = ({ field, before, after }: FieldChange): boolean =>
    isLatest && before !== undefined && written !== null && Object.hasOwn(written, field)
      ? sameValue(written[field] ?? null, after)
      : false;
  return {
    toWrite: changes.filter((change) => !isIgnored(change)),
    ignored: changes.filter(isIgnored).map(({ field }) => field),
  };
}

/** Returns the values that changes lead to, by field. */
export function valuesAfter(changes: readonly FieldChange[]): Values {
  return Object.fromEntries(changes.map(({ field, after }) => [field, after]));
}
