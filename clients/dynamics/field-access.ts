import { z } from 'zod';
import { RemoteError } from '../errors.ts';
import { readAnswer } from '../read-answer.ts';
import type { DynamicsCaller } from './caller.ts';
import { rowUrl } from './query.ts';

/** Names one record's row in an entity set: the record's own set, or an extension's with the same key. */
export interface RecordRow {
  readonly entitySet: string;
  /** The member that holds the key within a company. */
  readonly keyColumn: string;
  readonly legalEntity: string;
  /** The key as F&O serves it. */
  readonly key: string;
}

/** Some fields of a row as they were read: numbers as such, all else as text. `etag` changes whenever the row does. */
interface SeenFields {
  readonly etag: string;
  readonly values: FieldValues;
}

/** Values by the names of their fields. */
type FieldValues = Readonly<Record<string, string | number | null>>;

/** What became of a write: done; somebody else wrote first, so read again; the row is gone, or not shown to the user. */
type FieldWrite = 'written' | 'conflict' | 'missing';

/** The calls that read and write single fields of an account. */
export interface FieldAccess {
  /** Null when there is no such row. Rejects as `refused` for a field that the entity set does not have. */
  readFields(wanted: RecordRow & { readonly fields: readonly string[] }): Promise<SeenFields | null>;
  /**
   * Sets fields if the row is still the one that was read. Rejects as `refused` with the business logic's words, and as
   * `forbidden` where the user may not write. Never repeated here: after `unsure` or `unavailable`, read the fields again and
   * decide by what they hold. To send the same etag again does no harm either: if the first write was done, it is a conflict.
   */
  writeFields(wanted: RecordRow & { readonly etag: string; readonly values: FieldValues }): Promise<FieldWrite>;
}

/** Makes the calls. */
export function fieldAccess(origin: string, call: DynamicsCaller): FieldAccess {
  return {
    async readFields({ fields, ...row }) {
      const operation = `read fields of ${row.entitySet}`;
      const url = urlOf(origin, row, { $select: fields.join(',') });
      try {
        const answer = await call({ operation, method: 'GET', url });
        return readAnswer(rowOf(fields), answer, { system: 'dynamics', operation });
      } catch (error) {
        if (isRowMissing(error)) return null;
        throw error;
      }
    },
    async writeFields({ etag, values, ...row }) {
      const operation = `write fields of ${row.entitySet}`;
      const request = { operation, method: 'PATCH', url: urlOf(origin, row, {}) } as const;
      try {
        await call({ ...request, json: values, headers: { 'if-match': etag } });
        return 'written';
      } catch (error) {
        if (error instanceof RemoteError && error.system === 'dynamics' && error.kind === 'conflict') return 'conflict';
        if (isRowMissing(error)) return 'missing';
        throw error;
      }
    },
  };
}

function urlOf(origin: string, row: RecordRow, options: Readonly<Record<string, string>>): string {
  const key = { dataAreaId: row.legalEntity, [row.keyColumn]: row.key };
  return rowUrl(origin, { entitySet: row.entitySet, key }, options);
}

/** Every field must be there: one that is missing would pass for an empty one, and people's words be lost. */
function rowOf(fields: readonly string[]): z.ZodType<SeenFields> {
  const value = z.union([z.string(), z.number()]).nullable();
  const values = z.object(Object.fromEntries(fields.map((field) => [field, value])));
  return z
    .intersection(z.object({ '@odata.etag': z.string().min(1) }), values)
    .transform(({ '@odata.etag': etag, ...others }) => ({ etag, values: others }));
}

/** A 404 before OData is a wrong entity set or address, not a row that is gone. */
function isRowMissing(error: unknown): boolean {
  const isMissing = error instanceof RemoteError && error.system === 'dynamics' && error.kind === 'missing';
  return isMissing && error.code !== 'NoRoute' && error.code !== 'HtmlPage';
}
