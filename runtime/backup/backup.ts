import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { backUp, type BackedUp } from '../../store/backup/back-up.ts';
import { BackupError } from '../../store/backup/backup-error.ts';
import { describeKeys, runBackupCommand, type BackupCommand } from './backup-command.ts';
import { withDatabase } from '../postgres/with-database.ts';

/** The entry of `npm run backup -- FILE`: writes the whole database to one file. Ledgerdesk may be running. */
await runBackupCommand('backup', async ({ file, config, log }: BackupCommand) => {
  const { tables, rows, keyIds } = await withDatabase({ config, log, exclusive: false }, (url) =>
    file === '-' ? backUp(url, process.stdout) : backUpInto(url, file),
  );
  return `Backed up ${rows} rows of ${tables} tables. ${describeKeys(keyIds)}`;
});

/** Writes a backup under another name and renames it when it is complete. Never overwrites a file. */
async function backUpInto(url: string, file: string): Promise<BackedUp> {
  if (existsSync(file))
    throw new BackupError(`The file ${file} already exists, and a backup never overwrites a file. Give another name.`);
  const part = `${file}.part`;
  await rm(part, { force: true });
  try {
    const done = await backUp(url, createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }));
    await rename(part, file);
    return done;
  } finally {
    await rm(part, { force: true });
  }
}
