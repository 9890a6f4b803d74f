import { contradictionOf, isShort, type Contradiction } from '../domain/sync/reading/contradiction.ts';

/** A page of a list. `keys` identify its rows. `next` is undefined on the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly keys: readonly string[];
  readonly next: string | undefined;
  /** The number of rows that the system counts in the whole list, if it says so. */
  readonly counted?: number | undefined;
}

/** How a list is read: one page, given the link of the page before; and the error for pages that contradict each other. */
export interface PagedList<Item> {
  readonly read: (next: string | undefined) => Promise<Page<Item>>;
  readonly contradictory: (why: Contradiction) => Error;
  /** The number of pages to read; all by default. */
  readonly pages?: number;
}

/** The items of a list. `isWhole` is false if there are more pages than were wanted. */
export interface ReadList<Item> {
  readonly items: readonly Item[];
  readonly isWhole: boolean;
}

/**
 * Reads the pages of a list one after the other. A list whose pages contradict each other is read once more. Throws the
 * error of the list if they do so again, because nothing can be concluded from such a list.
 */
export async function readPages<Item>(list: PagedList<Item>): Promise<ReadList<Item>> {
  const first = await readOnce(list);
  const result = typeof first === 'string' ? await readOnce(list) : first;
  if (typeof result === 'string') throw list.contradictory(result);
  return result;
}

async function readOnce<Item>(list: PagedList<Item>): Promise<ReadList<Item> | Contradiction> {
  const { pages = Infinity } = list;
  const items: Item[] = [];
  const seen = new Set<string>();
  const followed: string[] = [];
  const counts: number[] = [];
  let next: string | undefined;
  let isAfterEmpty = false;
  for (let no = 1; no <= pages; no += 1) {
    const page: Page<Item> = await list.read(next);
    const before = seen.size;
    for (const key of page.keys) seen.add(key);
    // Rows that vanish can leave an empty page, but not again and again.
    const isPassing = page.keys.length === 0 && !isAfterEmpty;
    isAfterEmpty = page.keys.length === 0;
    const fresh = isPassing ? 1 : seen.size - before;
    const why = contradictionOf({ fresh, next: page.next ?? null, followed });
    if (why !== undefined) return why;
    items.push(...page.items);
    if (page.counted !== undefined) counts.push(page.counted);
    next = page.next;
    if (next === undefined) return isLacking(seen, counts) ? 'fewer_than_counted' : { items, isWhole: true };
    followed.push(next);
  }
  return { items, isWhole: false };
}

function isLacking(seen: ReadonlySet<string>, counts: readonly number[]): boolean {
  const counted = counts.length === 0 ? null : Math.min(...counts);
  return isShort({ distinct: seen.size, servedTwice: 0, counted });
}
