import { contradictionOf, type Contradiction } from '../sync/reading/contradiction.ts';

/** Where a reading of an export begins: after a cursor, or at a time in unix seconds. */
export type ExportStart = { readonly cursor: string } | { readonly startTime: number };

/** A reading of an export from its start to the end of the stream, as it is stored between its pages. */
export interface ExportReading {
  readonly start: ExportStart;
  /** Digests of the cursors that this reading has followed. */
  readonly followed: readonly string[];
  /** Digests of the contents of the pages that this reading has read. */
  readonly pages: readonly string[];
  /** Digests of the last cursors that earlier readings have followed. They must not come again either. */
  readonly former: readonly string[];
  /** True if the reading has begun once more, because its pages contradicted each other. */
  readonly isRepeat: boolean;
}

/** A page of an export, by digests: of the cursor that was asked for, of the next one, and of the page's content. */
export interface ExportPageFacts {
  readonly asked: string | null;
  readonly next: string | null;
  readonly content: string;
  readonly isLast: boolean;
}

/** What follows from a page: the reading goes on, has ended, begins once more, or has failed. */
export interface ExportStep {
  readonly verdict: 'more' | 'end' | 'again' | 'inconsistent';
  /** The reading as it is stored. One that has failed begins again with the next reconciliation. */
  readonly reading: ExportReading;
  readonly why?: Contradiction;
}

/** The number of former cursors that are remembered. */
const FORMER = 50;

/** Returns the reading that begins at `start`. */
export function beginReading(start: ExportStart, former: readonly string[] = []): ExportReading {
  return { start, former, followed: [], pages: [], isRepeat: false };
}

/** Returns the reading that begins where another one has ended. */
export function nextReading({ former, followed }: ExportReading, start: ExportStart): ExportReading {
  return beginReading(start, [...former, ...followed].slice(-FORMER));
}

/** Decides what follows from a page of an export. */
export function afterPage(reading: ExportReading, page: ExportPageFacts): ExportStep {
  const why = exportContradiction(reading, page);
  if (why !== undefined) {
    const verdict = reading.isRepeat ? ('inconsistent' as const) : ('again' as const);
    return { verdict, why, reading: { ...beginReading(reading.start, reading.former), isRepeat: !reading.isRepeat } };
  }
  const followed = [page.asked, page.next].filter((digest) => digest !== null);
  const known = { followed: withNew(reading.followed, followed), pages: withNew(reading.pages, [page.content]) };
  return { verdict: page.isLast ? 'end' : 'more', reading: { ...reading, ...known } };
}

/**
 * At the end of the stream, Zendesk may return the cursor that was asked for. Any other cursor that was followed before
 * would lead back. A record that changes during the reading comes again with another content, so only a page of which
 * nothing has changed was read before.
 */
function exportContradiction(
  { followed, pages, former }: ExportReading,
  { asked, next, content, isLast }: ExportPageFacts,
): Contradiction | undefined {
  if (isLast && next === asked) return undefined;
  const fresh = isLast || !pages.includes(content) ? 1 : 0;
  return contradictionOf({ fresh, next, followed: [...followed, ...former, ...(asked === null ? [] : [asked])] });
}

function withNew(all: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...all, ...more])];
}
