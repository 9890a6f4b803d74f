import { z } from 'zod';
import { remoteError } from '../errors.ts';

/**
 * Which page of a change export by cursor is wanted: the one behind a cursor, or, the first time, the one that begins at a
 * time, in unix seconds, at least a minute old. `pageSize` is 1,000 unless given, the most that Zendesk sends: ask for fewer
 * when a page comes too late or is larger than Ledgerdesk reads (codes `ETIMEDOUT` and `BODY_TOO_LARGE`).
 */
export type ExportWanted = ({ readonly cursor: string } | { readonly startTime: number }) & {
  readonly pageSize?: number | undefined;
};

/**
 * Where an export goes on. At the end of the stream the cursor is kept and asked again later for what has changed since; it
 * is null where Zendesk gave none yet, and then the same start time is asked again.
 */
export interface ExportContinuation {
  readonly cursor: string | null;
  readonly endOfStream: boolean;
}

/** The members of an export's answer besides its records (Zendesk docs, Incremental Exports). */
export const exportMembers = { after_cursor: z.string().min(1).nullish(), end_of_stream: z.boolean() };

/** Zendesk's largest page of an export (Zendesk docs, Incremental Exports). */
const EXPORT_PAGE = 1_000;

/** The query that asks for a page. */
export function exportQuery(wanted: ExportWanted): string {
  const from = 'cursor' in wanted ? `cursor=${encodeURIComponent(wanted.cursor)}` : `start_time=${wanted.startTime}`;
  return `${from}&per_page=${wanted.pageSize ?? EXPORT_PAGE}`;
}

/** Reads where the export goes on; throws `unexpected` for a page that is not the last and leads to no other. */
export function continuationOf(
  page: { readonly after_cursor?: string | null | undefined; readonly end_of_stream: boolean },
  wanted: ExportWanted,
  operation: string,
): ExportContinuation {
  const asked = 'cursor' in wanted ? wanted.cursor : null;
  const cursor = page.after_cursor ?? asked;
  if (!page.end_of_stream && cursor === asked) {
    const detail = 'a page of the export that is not the last one and leads to no other.';
    throw remoteError({ system: 'zendesk', operation, kind: 'unexpected', detail });
  }
  return { cursor, endOfStream: page.end_of_stream };
}
