import { sameValue, type FieldValue, type Values } from './field-value.ts';

/** A difference in one field. `before` is undefined when the value in Zendesk is unknown. */
export interface FieldChange {
  readonly field: string;
  readonly before: FieldValue | undefined;
  readonly after: FieldValue;
}

/**
 * Returns the differences between the desired values and those in Zendesk. A key that is missing in `seen` is unknown.
 */
export function diff(desired: Values, seen: Values): readonly FieldChange[] {
  return Object.entries(desired).flatMap(([field, after]) => {
    const before = Object.hasOwn(seen, field) ? (seen[field] ?? null) : undefined;
    return before !== undefined && sameValue(before, after) ? [] : [{ field, before, after }];
  });
}

/** The last write of Ledgerdesk to an organization or user. */
export interface LastWrite {
  /** The values that were sent, by field; null before the first write. */
  readonly written: Values | null;
  /** True when it was not changed in Zendesk since, by Zendesk's clock. */
  readonly isLatest: boolean;
  /** The values that Zendesk showed after a write instead of the written ones, by field. */
  readonly kept?: Values;
}

/**
 * Splits differences into those to write and ignored fields. A field is ignored when we wrote this value and Zendesk
 * shows another one although the record was not changed since, or still the one that it showed after our write. It is
 * not written again until one of the two sides changes.
 */
export function splitIgnored(
  changes: readonly FieldChange[],
  { written, isLatest, kept = {} }: LastWrite,
): { readonly toWrite: readonly FieldChange[]; readonly ignored: readonly string[] } {
  const isKept = (field: string, before: FieldValue): boolean =>
    Object.hasOwn(kept, field) && sameValue(kept[field] ?? null, before);
  const isIgnored = ({ field, before, after }: FieldChange): boolean =>
    before !== undefined && written !== null && Object.hasOwn(written, field)
      ? sameValue(written[field] ?? null, after) && (isLatest || isKept(field, before))
      : false;
  return {
    toWrite: changes.filter((change) => !isIgnored(change)),
    ignored: changes.filter(isIgnored).map(({ field }) => field),
  };
}

/** Returns the new values of changes, by field. */
export function valuesAfter(changes: readonly FieldChange[]): Values {
  return Object.fromEntries(changes.map(({ field, after }) => [field, after]));
}
