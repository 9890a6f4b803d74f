/** Most items of a bulk job, and most keys of a look-up (Zendesk docs, Organizations and Users). */
const MOST_ITEMS = 100;

/** Longest query of a look-up, well below what servers take; longer ones are split. */
const LONGEST_QUERY = 6_000;

/** Which records a look-up wants; at most 100 of either. */
export type ManyKeys = { readonly ids: readonly string[] } | { readonly externalIds: readonly string[] };

/** Writes the queries of a `show_many`, in as many as their length asks for; none when nothing is wanted. */
export function showManyQueries(wanted: ManyKeys): readonly string[] {
  const [parameter, values] = 'ids' in wanted ? ['ids', wanted.ids] : ['external_ids', wanted.externalIds];
  return commaQueries(values).map((query) => `${parameter}=${query}`);
}

/** Refuses a batch that a bulk job would not take. */
export function assertBatch(length: number): void {
  if (length === 0 || length > MOST_ITEMS)
    throw new RangeError(`A batch holds 1 to ${MOST_ITEMS} items, not ${length}.`);
}

function commaQueries(values: readonly string[]): readonly string[] {
  if (values.length > MOST_ITEMS) throw new RangeError(`At most ${MOST_ITEMS} can be looked up at once.`);
  if (values.some((value) => value.includes(','))) throw new RangeError('A value with a comma cannot be looked up.');
  const queries: string[] = [];
  for (const value of values.filter((text) => text !== '').map(encodeURIComponent)) {
    const last = queries.at(-1);
    if (last !== undefined && last.length + value.length < LONGEST_QUERY)
      queries[queries.length - 1] = `${last},${value}`;
    else queries.push(value);
  }
  return queries;
}
