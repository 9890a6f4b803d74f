import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { restore } from '../../store/backup/restore.ts';
import { runBackupCommand, sayKeys, type BackupCommand } from './backup-command.ts';
import { withOwnDatabase } from '../postgres/own-database.ts';

/** The entry of `npm run restore -- FILE`: reads a backup into an empty database, before Ledgerdesk starts on it. */
await runBackupCommand('restore', async ({ file, config, log }: BackupCommand) => {
  if (file !== '-') await access(file);
  const { tables, rows, madeAt, keyIds } = await withOwnDatabase({ config, log, alone: true }, (url) =>
    restore(url, file === '-' ? process.stdin : createReadStream(file)),
  );
  return `Restored ${rows} rows of ${tables} tables, as they were at ${madeAt}. ${sayKeys(keyIds)}`;
});
