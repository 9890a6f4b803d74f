import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BackupError } from './problem.ts';

/** What stands at the beginning of a backup: how the database was made, and the tables in the order in which they follow. */
const header = z.strictObject({
  format: z.literal('ledgerdesk-backup'),
  version: z.literal(1),
  madeAt: z.string(),
  /** Names of the migrations that the database had. */
  migrations: z.array(z.string()).min(1),
  tables: z.array(z.strictObject({ name: z.string(), columns: z.array(z.string()).min(1) })).min(1),
});

/** What stands behind the tables: how many rows each has. */
const trailer = z.strictObject({ rows: z.array(z.int().nonnegative()) });

/** The beginning of a backup. */
export type BackupHeader = z.infer<typeof header>;

/** One table to write: its rows as PostgreSQL's COPY gives them, and then how many they were. */
export interface TableToWrite {
  readonly chunks: AsyncIterable<Buffer>;
  readonly rows: () => number;
}

const NEITHER = 'This file is no backup of Ledgerdesk, or one of a version that this Ledgerdesk does not know.';
const DAMAGED =
  'The backup is damaged or breaks off before its end, so nothing was restored. Fetch the file again, or take another backup.';

const LENGTH_BYTES = 4;
const HASH_BYTES = 32;
const LONGEST_HEADER = 1024 * 1024;
/** More than COPY gives at once; a greater length means that the file is damaged. */
const LONGEST_CHUNK = 64 * 1024 * 1024;

/**
 * Writes the form of a backup, still without compression: a line of JSON, for each table its chunks of rows, each behind its
 * length, with an empty one at the end, then the row counts, then the SHA-256 of all of that.
 */
export async function* writeForm(head: BackupHeader, tables: Iterable<TableToWrite>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const hashed = (bytes: Buffer): Buffer => {
    hash.update(bytes);
    return bytes;
  };
  yield hashed(Buffer.from(`${JSON.stringify(head)}\n`));
  const rows: number[] = [];
  for (const table of tables) {
    for await (const chunk of table.chunks) {
      yield hashed(lengthOf(chunk.length));
      yield hashed(chunk);
    }
    yield hashed(lengthOf(0));
    rows.push(table.rows());
  }
  const counts = Buffer.from(JSON.stringify({ rows }));
  yield hashed(lengthOf(counts.length));
  yield hashed(counts);
  yield hash.digest();
}

function lengthOf(bytes: number): Buffer {
  const buffer = Buffer.alloc(LENGTH_BYTES);
  buffer.writeUInt32BE(bytes);
  return buffer;
}

/** Reads the form of a backup, part after part in its order. Throws BackupError. */
export interface FormReader {
  header(): Promise<BackupHeader>;
  /** The chunks of the next table; must be read to their end. */
  chunks(): AsyncGenerator<Buffer>;
  /** Row counts of the tables, once it is certain that the whole file is as it was written. */
  rows(): Promise<readonly number[]>;
}

/** Builds the reader over what was decompressed. */
export function readForm(bytes: AsyncIterable<Buffer>): FormReader {
  const hash = createHash('sha256');
  const source = bytes[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const fill = async (): Promise<void> => {
    const next = await source.next();
    if (next.done === true) throw new BackupError(DAMAGED);
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
  };
  const take = (length: number): Buffer => {
    const taken = held.subarray(0, length);
    held = held.subarray(length);
    return taken;
  };
  const read = async (length: number): Promise<Buffer> => {
    while (held.length < length) await fill();
    const taken = take(length);
    hash.update(taken);
    return taken;
  };
  const readChunk = async (): Promise<Buffer> => {
    const length = (await read(LENGTH_BYTES)).readUInt32BE();
    if (length > LONGEST_CHUNK) throw new BackupError(DAMAGED);
    return read(length);
  };
  return {
    async header() {
      let end = held.indexOf('\n');
      while (end < 0 && held.length < LONGEST_HEADER) {
        await fill();
        end = held.indexOf('\n');
      }
      if (end < 0) throw new BackupError(NEITHER);
      return parse(header, await read(end + 1), NEITHER);
    },
    async *chunks() {
      for (let chunk = await readChunk(); chunk.length > 0; chunk = await readChunk()) yield chunk;
    },
    async rows() {
      const { rows } = parse(trailer, await readChunk(), DAMAGED);
      const expected = hash.digest();
      while (held.length < HASH_BYTES) await fill();
      if (!take(HASH_BYTES).equals(expected)) throw new BackupError(DAMAGED);
      if (held.length > 0 || (await source.next()).done !== true) throw new BackupError(DAMAGED);
      return rows;
    },
  };
}

function parse<T>(schema: z.ZodType<T>, bytes: Buffer, otherwise: string): T {
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw new BackupError(otherwise);
  }
}

/** Turns what decompressing threw into a sentence; anything else stays as it is. */
export function damageOf(error: unknown): unknown {
  const { code } = error as { readonly code?: unknown };
  if (code === 'Z_DATA_ERROR' && (error as Error).message.includes('header')) return new BackupError(NEITHER);
  return code === 'Z_BUF_ERROR' || code === 'Z_DATA_ERROR' ? new BackupError(DAMAGED) : error;
}
