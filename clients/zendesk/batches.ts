/** Largest number of items in a bulk job, and of keys in a look-up (Zendesk docs, Organizations and Users). */
const MAX_ITEMS = 100;

/** Longest query of a look-up, in characters, well below the limit of servers. Longer ones are split. */
const LONGEST_QUERY = 6_000;

/** The keys of the records to look up; at most 100. */
export type ManyKeys = { readonly ids: readonly string[] } | { readonly externalIds: readonly string[] };

/**
 * Returns the queries of the `show_many` requests for some keys: several when one would be too long, none without keys.
 */
export function showManyQueries(wanted: ManyKeys): readonly string[] {
  const [parameter, values] = 'ids' in wanted ? ['ids', wanted.ids] : ['external_ids', wanted.externalIds];
  return commaQueries(values).map((query) => `${parameter}=${query}`);
}

/** Throws a RangeError for a number of items that a bulk job does not accept. */
export function assertBatch(length: number): void {
  if (length === 0 || length > MAX_ITEMS)
    throw new RangeError(`A batch must contain 1 to ${MAX_ITEMS} items, not ${length}.`);
}

function commaQueries(values: readonly string[]): readonly string[] {
  if (values.length > MAX_ITEMS)
    throw new RangeError(`At most ${MAX_ITEMS} keys can be looked up at once, not ${values.length}.`);
  if (values.some((value) => value.includes(','))) throw new RangeError('A key with a comma cannot be looked up.');
  const queries: string[] = [];
  for (const value of values.filter((text) => text !== '').map(encodeURIComponent)) {
    const last = queries.at(-1);
    if (last !== undefined && last.length + value.length < LONGEST_QUERY)
      queries[queries.length - 1] = `${last},${value}`;
    else queries.push(value);
  }
  return queries;
}
