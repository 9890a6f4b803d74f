import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { createDataDirectory } from '../processes/data-directory.ts';
import { lockDataDirectory } from '../processes/data-lock.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import type { Log } from '../log/log.ts';

/** No database is configured, and the data directory contains none. The message names the data directory. */
export class NoDatabaseError extends Error {
  override readonly name = 'NoDatabaseError';
}

/**
 * Calls `work` with the URL of the configured database, or of the embedded one, which runs at least until `work` ends.
 * With `exclusive`, creates an embedded database if there is none, and throws a DataDirectoryInUseError while
 * Ledgerdesk uses it.
 */
export async function withDatabase<Result>(
  { config, log, exclusive }: { config: Config; log: Log; exclusive: boolean },
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl !== undefined) return work(databaseUrl.reveal());
  if (!exclusive && !existsSync(join(dataDir, 'postgres')))
    throw new NoDatabaseError(
      `DATABASE_URL is not set, and ${dataDir} contains no embedded database. Set DATABASE_URL or LEDGERDESK_DATA_DIR.`,
    );
  if (exclusive) await createDataDirectory(dataDir);
  const lock = exclusive ? await lockDataDirectory(dataDir) : undefined;
  try {
    const postgres = await startEmbeddedPostgres(dataDir, log);
    try {
      return await work(postgres.url);
    } finally {
      if (!postgres.adopted) await postgres.stop();
    }
  } finally {
    await lock?.release();
  }
}
