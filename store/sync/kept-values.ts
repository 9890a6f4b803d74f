import { sql, type RawBuilder } from 'kysely';

/**
 * Returns the values of `shown` that differ from those that were written, as JSON by field. Both are JSON expressions.
 */
export function differingFrom(written: RawBuilder<unknown>, shown: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`coalesce((select jsonb_object_agg(f.key, f.value) from jsonb_each(${shown}) f
    where ${written} ? f.key and ${written} -> f.key is distinct from f.value), '{}')`;
}
