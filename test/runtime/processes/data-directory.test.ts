import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encryptionKeys } from '../../../runtime/config/fields.ts';
import {
  ensureGeneratedKeys,
  ensureGeneratedToken,
  createDataDirectory,
} from '../../../runtime/processes/data-directory.ts';
import { DataDirectoryInUseError, lockDataDirectory } from '../../../runtime/processes/data-lock.ts';

let folder: string;
let dataDir: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ledgerdesk-data-'));
  dataDir = join(folder, 'data');
  await createDataDirectory(dataDir);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (file: string): number => statSync(file).mode & 0o777;

describe('the data directory', () => {
  it('can be listed and written only by its owner', () => {
    expect(modeOf(dataDir) & 0o066).toBe(0);
  });

  it('gets one key and one token, readable only by the owner, and keeps them', async () => {
    const [keys, token] = [await ensureGeneratedKeys(dataDir), await ensureGeneratedToken(dataDir)];
    expect([modeOf(keys), modeOf(token)]).toEqual([0o600, 0o600]);
    const before = [readFileSync(keys, 'utf8'), readFileSync(token, 'utf8')];
    expect(encryptionKeys.parse(before[0]?.trim() ?? '')).toHaveLength(1);
    expect(before[1]?.trim()).toHaveLength(43);
    await Promise.all([ensureGeneratedKeys(dataDir), ensureGeneratedToken(dataDir)]);
    expect([readFileSync(keys, 'utf8'), readFileSync(token, 'utf8')]).toEqual(before);
  });

  it('does not generate a new key if the key file is empty', async () => {
    const keys = await ensureGeneratedKeys(dataDir);
    writeFileSync(keys, '');
    await expect(ensureGeneratedKeys(dataDir)).rejects.toThrow(/is empty\. Restore it, or delete it/);
  });
});

describe('lockDataDirectory', () => {
  it('rejects a second process with one message that contains the pid and the address of the first', async () => {
    const lock = await lockDataDirectory(dataDir);
    await expect(lockDataDirectory(dataDir)).rejects.toThrow(new RegExp(`pid ${process.pid}, still starting`));
    await lock.announce('http://127.0.0.1:8080');
    await expect(lockDataDirectory(dataDir)).rejects.toThrow(
      new DataDirectoryInUseError(
        `Ledgerdesk is already running with the data directory ${dataDir} (pid ${process.pid}, http://127.0.0.1:8080). ` +
          'Stop it first, or set LEDGERDESK_DATA_DIR to another directory.',
      ),
    );
    await lock.release();
    await (await lockDataDirectory(dataDir)).release();
  });

  it('takes over from a process that has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    writeFileSync(join(dataDir, 'lock.json'), JSON.stringify({ pid: child.pid, identity: 'boot/1' }));
    await (await lockDataDirectory(dataDir)).release();
  });

  it('takes over if the pid belongs to another process now', async () => {
    writeFileSync(join(dataDir, 'lock.json'), JSON.stringify({ pid: process.pid, identity: 'earlier boot/1' }));
    await (await lockDataDirectory(dataDir)).release();
  });

  it('succeeds for exactly one of many processes that find the same stale lock', async () => {
    writeFileSync(join(dataDir, 'lock.json'), '{"pid": 1, "identity": "never"}');
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataDirectory(dataDir)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
