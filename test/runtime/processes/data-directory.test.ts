import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encryptionKeys } from '../../../runtime/config/fields.ts';
import { keepGeneratedKeys, keepGeneratedToken, makeDataDirectory } from '../../../runtime/processes/data-directory.ts';
import { DataDirectoryInUseError, lockDataDirectory } from '../../../runtime/processes/data-lock.ts';

let folder: string;
let dataDir: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ledgerdesk-data-'));
  dataDir = join(folder, 'data');
  await makeDataDirectory(dataDir);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (file: string): number => statSync(file).mode & 0o777;

describe('the data directory', () => {
  it('can be listed and written by its owner alone', () => {
    expect(modeOf(dataDir) & 0o066).toBe(0);
  });

  it('gets one key and one token, readable by the owner alone, and keeps them', async () => {
    const [keys, token] = [await keepGeneratedKeys(dataDir), await keepGeneratedToken(dataDir)];
    expect([modeOf(keys), modeOf(token)]).toEqual([0o600, 0o600]);
    const before = [readFileSync(keys, 'utf8'), readFileSync(token, 'utf8')];
    expect(encryptionKeys.parse(before[0]?.trim() ?? '')).toHaveLength(1);
    expect(before[1]?.trim()).toHaveLength(43);
    await Promise.all([keepGeneratedKeys(dataDir), keepGeneratedToken(dataDir)]);
    expect([readFileSync(keys, 'utf8'), readFileSync(token, 'utf8')]).toEqual(before);
  });

  it('does not make up a new key over a file that was emptied', async () => {
    const keys = await keepGeneratedKeys(dataDir);
    writeFileSync(keys, '');
    await expect(keepGeneratedKeys(dataDir)).rejects.toThrow(/is empty: restore it, or delete it/);
  });
});

describe('lockDataDirectory', () => {
  it('refuses a second process in one sentence that says which one holds it, and where that listens', async () => {
    const lock = await lockDataDirectory(dataDir);
    await expect(lockDataDirectory(dataDir)).rejects.toThrow(new RegExp(`pid ${process.pid}, still starting`));
    await lock.announce('http://127.0.0.1:8080');
    await expect(lockDataDirectory(dataDir)).rejects.toThrow(
      new DataDirectoryInUseError(
        `Ledgerdesk already runs on ${dataDir} (pid ${process.pid}, http://127.0.0.1:8080): ` +
          'stop it first, or set LEDGERDESK_DATA_DIR to another directory.',
      ),
    );
    await lock.release();
    await (await lockDataDirectory(dataDir)).release();
  });

  it('takes over from a process that is gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    writeFileSync(join(dataDir, 'lock.json'), JSON.stringify({ pid: child.pid, identity: 'boot/1' }));
    await (await lockDataDirectory(dataDir)).release();
  });

  it('takes over when the number belongs to another process by now', async () => {
    writeFileSync(join(dataDir, 'lock.json'), JSON.stringify({ pid: process.pid, identity: 'earlier boot/1' }));
    await (await lockDataDirectory(dataDir)).release();
  });

  it('is given to exactly one of many that find the same stale lock', async () => {
    writeFileSync(join(dataDir, 'lock.json'), '{"pid": 1, "identity": "never"}');
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataDirectory(dataDir)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
