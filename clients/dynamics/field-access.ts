import { z } from 'zod';
import { RemoteError } from '../errors.ts';
import { isFromOData } from './classify.ts';
import { readResponse } from '../read-response.ts';
import type { DynamicsCaller } from './caller.ts';
import { rowUrl } from './query.ts';

/** The row of one record in an entity set: the record's own set, or that of an extension with the same key. */
export interface RecordRow {
  readonly entitySet: string;
  /** The column that contains the key within a company. */
  readonly keyColumn: string;
  readonly legalEntity: string;
  /** The key in the spelling of F&O. */
  readonly key: string;
}

/**
 * Some fields of a row as they were read. Everything but numbers is a string. `etag` changes whenever the row changes.
 */
interface SeenFields {
  readonly etag: string;
  readonly values: FieldValues;
}

/** Values by field name. */
type FieldValues = Readonly<Record<string, string | number | null>>;

/**
 * The result of a write. `conflict` means that another client wrote first, so the fields must be read again. `missing`
 * means that the row does not exist, or that F&O does not show it to the user.
 */
type FieldWrite = 'written' | 'conflict' | 'missing';

/** The requests that read and write single fields of an account. */
export interface FieldAccess {
  /** Returns null when there is no such row. Rejects as `refused` for a field that the entity set does not have. */
  readFields(wanted: RecordRow & { readonly fields: readonly string[] }): Promise<SeenFields | null>;
  /**
   * Sets fields if the row still has the given etag. Rejects as `refused` with the message of the business logic, and
   * as `forbidden` if the user may not write. It does not retry: after `unsure` or `unavailable`, read the fields again
   * to find out whether they were written. Sending the same etag again is safe too: if the first write succeeded, it is
   * a conflict.
   */
  writeFields(wanted: RecordRow & { readonly etag: string; readonly values: FieldValues }): Promise<FieldWrite>;
}

/** Creates the requests that read and write fields in the environment at `origin`. */
export function fieldAccess(origin: string, call: DynamicsCaller): FieldAccess {
  return {
    async readFields({ fields, ...row }) {
      const operation = `read fields of ${row.entitySet}`;
      const url = urlOf(origin, row, { $select: fields.join(',') });
      try {
        const response = await call({ operation, method: 'GET', url });
        // The text of people goes back to F&O as it was served, and is never stored.
        return readResponse(rowOf(fields), response, { system: 'dynamics', operation, asServed: true });
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

/**
 * Every field is required. A missing one would be taken for an empty one, and text that people wrote would be
 * overwritten.
 */
function rowOf(fields: readonly string[]): z.ZodType<SeenFields> {
  const value = z.union([z.string(), z.number()]).nullable();
  const values = z.object(Object.fromEntries(fields.map((field) => [field, value])));
  return z
    .intersection(z.object({ '@odata.etag': z.string().min(1) }), values)
    .transform(({ '@odata.etag': etag, ...others }) => ({ etag, values: others }));
}

/** A 404 from in front of OData means a wrong entity set or address, not a missing row. */
function isRowMissing(error: unknown): boolean {
  const isMissing = error instanceof RemoteError && error.system === 'dynamics' && error.kind === 'missing';
  return isMissing && isFromOData(error);
}
