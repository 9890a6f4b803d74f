import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { restore } from '../../store/backup/restore.ts';
import { describeKeys, runBackupCommand, type BackupCommand } from './backup-command.ts';
import { withDatabase } from '../postgres/with-database.ts';

/** The entry of `npm run restore -- FILE`: restores a backup into an empty database. Ledgerdesk must not be running. */
await runBackupCommand('restore', async ({ file, config, log }: BackupCommand) => {
  if (file !== '-') await access(file);
  const { tables, rows, madeAt, keyIds } = await withDatabase({ config, log, exclusive: true }, (url) =>
    restore(url, file === '-' ? process.stdin : createReadStream(file)),
  );
  return `Restored ${rows} rows of ${tables} tables from ${madeAt}. ${describeKeys(keyIds)}`;
});
