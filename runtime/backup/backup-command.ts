import { BackupError } from '../../store/backup/backup-error.ts';
import { loadConfig, ConfigError, type Config } from '../config/config.ts';
import { DataDirectoryInUseError } from '../processes/data-lock.ts';
import { createLog, type Log } from '../log/log.ts';
import { NoDatabaseError } from '../postgres/with-database.ts';

/** The input of a backup or restore command. `file` is a path, or `-` for the standard stream. */
export interface BackupCommand {
  readonly file: string;
  readonly config: Config;
  readonly log: Log;
}

/**
 * Runs `npm run backup -- FILE` or `npm run restore -- FILE`, or prints the help. Sets the exit code: 0 for success, 1 for a failure, 2 for
 * wrong arguments. Writes all messages to stderr, because stdout may be the backup.
 */
export async function runBackupCommand(
  name: 'backup' | 'restore',
  work: (command: BackupCommand) => Promise<string>,
): Promise<void> {
  const [file, ...more] = process.argv.slice(2);
  if (file === '--help' || file === '-h') {
    print(`${PURPOSES[name]} ${usageOf(name)}`);
    return;
  }
  const isOption = file !== undefined && file !== '-' && file.startsWith('-');
  if (file === undefined || more.length > 0 || isOption) {
    print(isOption ? `There is no option ${file}. ${usageOf(name)}` : usageOf(name));
    process.exitCode = 2;
    return;
  }
  try {
    const { log } = createLog({ level: 'error', process: name });
    print(await work({ file, config: loadConfig(process.env), log }));
  } catch (error) {
    print(describe(error, { name, file }));
    process.exitCode = 1;
  }
}

const PURPOSES = {
  backup: 'Writes all tables into a new file. Ledgerdesk may be running.',
  restore: 'Restores a backup into an empty database. Ledgerdesk must not be running.',
} as const;

function usageOf(name: keyof typeof PURPOSES): string {
  const stream = name === 'backup' ? 'output' : 'input';
  return `Give one file: npm run ${name} -- FILE (or - instead of FILE for the standard ${stream}).`;
}

/** Returns the sentences about the encryption keys that a backup needs. No backup contains them. */
export function describeKeys(keyIds: readonly string[]): string {
  const names = keyIds.map((id) => `"${id}"`).join(', ');
  return `The backup contains no encryption keys. Its credentials can only be used with the key${keyIds.length === 1 ? '' : 's'} ${names} (LEDGERDESK_ENCRYPTION_KEYS, or the file encryption-keys in the data directory). Keep the keys in another place.`;
}

function print(text: string): void {
  process.stderr.write(`${text}\n`);
}

function describe(error: unknown, { name, file }: { name: string; file: string }): string {
  const isOurs = [BackupError, ConfigError, DataDirectoryInUseError, NoDatabaseError].some(
    (kind) => error instanceof kind,
  );
  if (isOurs && error instanceof Error) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `The file ${file} or its folder does not exist. Check the path.`;
  return `The ${name} has failed: ${error instanceof Error ? error.message : 'unknown error'}`;
}
