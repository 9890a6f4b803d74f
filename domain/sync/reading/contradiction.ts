/**
 * Why the pages of a reading cannot all be true:
 * - `link_repeated`: the link or cursor to the next page was followed before.
 * - `nothing_new`: a page contains nothing that an earlier page did not contain, and says that more follow.
 * - `fewer_than_counted`: the pages together contain fewer records than the system counts.
 */
export type Contradiction = 'link_repeated' | 'nothing_new' | 'fewer_than_counted';

/** A page of a reading. Links and cursors are given by any text that is the same for the same page, such as a digest. */
export interface PageFacts {
  /** The number of records that no earlier page of this reading contained. */
  readonly fresh: number;
  /** The link to the next page; null on the last page. */
  readonly next: string | null;
  /** The links that the reading has followed so far. */
  readonly followed: readonly string[];
}

/**
 * Returns how a page contradicts the earlier ones; undefined if it does not. A last page may contain nothing new: a
 * record that was inserted meanwhile pushes others to a later page.
 */
export function contradictionOf({ fresh, next, followed }: PageFacts): Contradiction | undefined {
  if (next === null) return undefined;
  if (followed.includes(next)) return 'link_repeated';
  return fresh === 0 ? 'nothing_new' : undefined;
}

/** What a complete reading has found. */
export interface ReadingFacts {
  readonly distinct: number;
  /** Rows that repeat a record because the system serves it more than once (`servedTwice`). */
  readonly servedTwice: number;
  /** The smallest number of records that the system has counted meanwhile; null if it has counted none. */
  readonly counted: number | null;
}

/**
 * Returns whether a complete reading has fewer records than every count of the system. Records that come and go during
 * the reading change the count, too, so that the smallest count decides.
 */
export function isShort({ distinct, servedTwice, counted }: ReadingFacts): boolean {
  return counted !== null && distinct + servedTwice < counted;
}

/**
 * Returns how many rows of a page repeat a record in a way that the system counts twice. An outer join of F&O can serve
 * a record twice, and then both rows are in one page, or at the two sides of a border. Other rows that an earlier page
 * contained show that rows have moved between the pages, and prove nothing.
 */
export function servedTwice({ rows, distinct, fresh }: { rows: number; distinct: number; fresh: number }): number {
  const known = distinct - fresh;
  return rows - distinct + (known === 1 ? 1 : 0);
}

/** Returns what contradicts each other, as the rest of a sentence that begins with the name of the reading. */
export function contradictionText(why: Contradiction, facts?: ReadingFacts): string {
  switch (why) {
    case 'link_repeated':
      return 'a link to the next page leads back to a page that was read before';
    case 'nothing_new':
      return 'a page contains nothing new, but says that more pages follow';
    case 'fewer_than_counted':
      return `the pages contain ${facts?.distinct ?? 0} record(s), but ${facts?.counted ?? 0} are counted`;
  }
}
