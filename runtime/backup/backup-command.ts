import { BackupError } from '../../store/backup/problem.ts';
import { loadConfig, ConfigError, type Config } from '../config/config.ts';
import { DataDirectoryInUseError } from '../processes/data-lock.ts';
import { createLog, type Log } from '../log/log.ts';
import { NoDatabaseError } from '../postgres/own-database.ts';

/** What a command of backups works with. `file` is a path, or `-` for the standard stream. */
export interface BackupCommand {
  readonly file: string;
  readonly config: Config;
  readonly log: Log;
}

/**
 * Runs `npm run backup -- FILE` or `npm run restore -- FILE`: exit 0 when it is done, 1 with one sentence when it is not, 2
 * when no file is named. All that it says goes to stderr, since stdout may be the backup.
 */
export async function runBackupCommand(
  name: 'backup' | 'restore',
  work: (command: BackupCommand) => Promise<string>,
): Promise<void> {
  const [file, ...more] = process.argv.slice(2);
  if (file === undefined || more.length > 0) {
    say(`Name one file: npm run ${name} -- FILE (or - for the standard ${name === 'backup' ? 'output' : 'input'}).`);
    process.exitCode = 2;
    return;
  }
  try {
    const { log } = createLog({ level: 'error', process: name });
    say(await work({ file, config: loadConfig(process.env), log }));
  } catch (error) {
    say(describe(error));
    process.exitCode = 1;
  }
}

/** The encryption keys are in no backup: whoever has made or restored one is told which it needs. */
export function sayKeys(keyIds: readonly string[]): string {
  const names = keyIds.map((id) => `"${id}"`).join(', ');
  return `It holds no encryption key. Without the key${keyIds.length === 1 ? '' : 's'} ${names} (LEDGERDESK_ENCRYPTION_KEYS, or the file encryption-keys of the data directory) every credential in it is lost: keep them too, in another place.`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function describe(error: unknown): string {
  const isOurs = [BackupError, ConfigError, DataDirectoryInUseError, NoDatabaseError].some(
    (kind) => error instanceof kind,
  );
  if (isOurs && error instanceof Error) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'There is no such file, or no such folder.';
  return `It was broken off: ${error instanceof Error ? error.message : 'no reason is known'}`;
}
