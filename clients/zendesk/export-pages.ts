import { z } from 'zod';
import { remoteError } from '../errors.ts';

/**
 * The page of a cursor-based export to read: the page after a cursor or, for the first request, the page that begins at
 * a time in unix seconds. The time must be at least a minute old. The default of `pageSize` is 1,000, Zendesk's
 * maximum. Request fewer when a page times out or is too large (codes `ETIMEDOUT` and `BODY_TOO_LARGE`).
 */
export type ExportWanted = ({ readonly cursor: string } | { readonly startTime: number }) & {
  readonly pageSize?: number | undefined;
};

/**
 * The position after a page of an export. At the end of the stream, the cursor is kept and used later to read what has
 * changed since. It is null when Zendesk has not returned one yet. Then the same start time must be requested again.
 */
export interface ExportContinuation {
  readonly cursor: string | null;
  readonly endOfStream: boolean;
}

/** The schema of the members of an export's response other than its records (Zendesk docs, Incremental Exports). */
export const exportMembers = { after_cursor: z.string().min(1).nullish(), end_of_stream: z.boolean() };

/** Zendesk's largest page of an export (Zendesk docs, Incremental Exports). */
const EXPORT_PAGE = 1_000;

/** Returns the query of a page. */
export function exportQuery(wanted: ExportWanted): string {
  const from = 'cursor' in wanted ? `cursor=${encodeURIComponent(wanted.cursor)}` : `start_time=${wanted.startTime}`;
  return `${from}&per_page=${wanted.pageSize ?? EXPORT_PAGE}`;
}

/** Returns the position after a page. Throws `unexpected` for a page that is not the last one and has no cursor. */
export function continuationOf(
  page: { readonly after_cursor?: string | null | undefined; readonly end_of_stream: boolean },
  wanted: ExportWanted,
  operation: string,
): ExportContinuation {
  const requested = 'cursor' in wanted ? wanted.cursor : null;
  const cursor = page.after_cursor ?? requested;
  if (!page.end_of_stream && typeof page.after_cursor !== 'string') {
    const detail = 'a page of the export is not the last one, but has no cursor.';
    throw remoteError({ system: 'zendesk', operation, kind: 'unexpected', detail });
  }
  return { cursor, endOfStream: page.end_of_stream };
}
