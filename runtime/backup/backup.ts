import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { backUp, type BackedUp } from '../../store/backup/back-up.ts';
import { BackupError } from '../../store/backup/problem.ts';
import { runBackupCommand, sayKeys, type BackupCommand } from './backup-command.ts';
import { withOwnDatabase } from '../postgres/own-database.ts';

/** The entry of `npm run backup -- FILE`: writes the whole database into one file, while Ledgerdesk runs or not. */
await runBackupCommand('backup', async ({ file, config, log }: BackupCommand) => {
  const { tables, rows, keyIds } = await withOwnDatabase({ config, log, alone: false }, (url) =>
    file === '-' ? backUp(url, process.stdout) : backUpInto(url, file),
  );
  return `Backed up ${rows} rows of ${tables} tables. ${sayKeys(keyIds)}`;
});

/** Under its own name there is never a part of a backup, and none that was there before is lost. */
async function backUpInto(url: string, file: string): Promise<BackedUp> {
  if (existsSync(file))
    throw new BackupError(`There is a file ${file} already, and a backup overwrites none: name another.`);
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
