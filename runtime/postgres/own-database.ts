import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { makeDataDirectory } from '../processes/data-directory.ts';
import { lockDataDirectory } from '../processes/data-lock.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import type { Log } from '../log/log.ts';

/** The embedded database of the data directory is not there. The message says where it was looked for. */
export class NoDatabaseError extends Error {
  override readonly name = 'NoDatabaseError';
}

/**
 * Lends the database of a configuration for a while: what `DATABASE_URL` names, or the embedded one, which is started for
 * that while unless it runs. `alone` makes the embedded one when there is none, and throws DataDirectoryInUseError while
 * Ledgerdesk runs on it.
 */
export async function withOwnDatabase<Result>(
  { config, log, alone }: { config: Config; log: Log; alone: boolean },
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl !== undefined) return work(databaseUrl.reveal());
  if (!alone && !existsSync(join(dataDir, 'postgres')))
    throw new NoDatabaseError(
      `DATABASE_URL is not set, and ${dataDir} holds no embedded database: set one of the two.`,
    );
  if (alone) await makeDataDirectory(dataDir);
  const lock = alone ? await lockDataDirectory(dataDir) : undefined;
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
