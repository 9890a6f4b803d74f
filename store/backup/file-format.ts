import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BackupError } from './backup-error.ts';

/** The header of a backup. The tables are listed in the order in which they follow. */
const header = z.strictObject({
  format: z.literal('ledgerdesk-backup'),
  version: z.literal(1),
  madeAt: z.string(),
  /** Names of the migrations of the database. */
  migrations: z.array(z.string()).min(1),
  tables: z.array(z.strictObject({ name: z.string(), columns: z.array(z.string()).min(1) })).min(1),
});

/** The trailer behind the tables, with the row count of each table. */
const trailer = z.strictObject({ rows: z.array(z.int().nonnegative()) });

/** The header of a backup. */
export type BackupHeader = z.infer<typeof header>;

/** A table to write: its rows as PostgreSQL's COPY returns them, and the row count once they are all read. */
export interface TableToWrite {
  readonly chunks: AsyncIterable<Buffer>;
  readonly rows: () => number;
}

const NOT_A_BACKUP =
  'This file is not a Ledgerdesk backup, or it was made by a newer version. Nothing was restored. Check the path of the file.';
const DAMAGED =
  'The backup file is damaged or incomplete. Nothing was restored. Copy the file again, or use another backup.';

const LENGTH_BYTES = 4;
const HASH_BYTES = 32;
const MAX_HEADER_BYTES = 1024 * 1024;
/** More than COPY returns at once. A greater length means that the file is damaged. */
const MAX_CHUNK_BYTES = 64 * 1024 * 1024;

/**
 * Encodes a backup, without compression: the header as one line of JSON; for each table its chunks of rows and an empty
 * chunk; a chunk with the trailer; and the SHA-256 of everything before. Each chunk follows its length, 4 bytes in
 * big-endian order.
 */
export async function* encodeBackup(head: BackupHeader, tables: Iterable<TableToWrite>): AsyncGenerator<Buffer> {
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

/** A reader of the parts of a backup, in their order. Its methods throw a BackupError for a damaged file. */
export interface BackupReader {
  /** Reads the header. */
  header(): Promise<BackupHeader>;
  /** Reads the chunks of the next table. They must be read to the end. */
  chunks(): AsyncGenerator<Buffer>;
  /** Reads the row counts of the tables and checks the hash of the whole file. */
  rows(): Promise<readonly number[]>;
}

/** Creates a reader of decompressed bytes. */
export function decodeBackup(bytes: AsyncIterable<Buffer>): BackupReader {
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
    if (length > MAX_CHUNK_BYTES) throw new BackupError(DAMAGED);
    return read(length);
  };
  return {
    async header() {
      let end = held.indexOf('\n');
      while (end < 0 && held.length < MAX_HEADER_BYTES) {
        await fill();
        end = held.indexOf('\n');
      }
      if (end < 0) throw new BackupError(NOT_A_BACKUP);
      return parse(header, await read(end + 1), NOT_A_BACKUP);
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

/** SQLSTATE classes 22 and 23: the rows of the file are not as a backup writes them, which shows before its hash is reached. */
const BAD_ROWS = /^2[23]/;

/** Returns a BackupError for an error that a changed file causes in decompression or in COPY, and any other error unchanged. */
export function toBackupError(error: unknown): unknown {
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'string' && BAD_ROWS.test(code)) return new BackupError(DAMAGED);
  if (code === 'Z_DATA_ERROR' && (error as Error).message.includes('header')) return new BackupError(NOT_A_BACKUP);
  return code === 'Z_BUF_ERROR' || code === 'Z_DATA_ERROR' ? new BackupError(DAMAGED) : error;
}
