import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { warnLoopbackHosts } from '../../../runtime/log/warn-loopback-hosts.ts';

/** No server listens on port 1, so that the process ends soon after its start. */
const ENV = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  DATABASE_URL: 'postgres://someone:hush@127.0.0.1:1/none',
  LEDGERDESK_ADMIN_TOKEN: 'an-admin-token-of-the-test',
  LEDGERDESK_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
};

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly opened?: readonly string[];
}

async function start(entry: string, env: Readonly<Record<string, string>>): Promise<readonly Line[]> {
  const file = fileURLToPath(new URL(`../../../${entry}`, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    env: { ...ENV, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  await once(child, 'close');
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

function warningsOf(allowHosts: readonly string[], env: Readonly<Record<string, string>>): readonly unknown[] {
  const warnings: unknown[] = [];
  warnLoopbackHosts({ warn: (fields: unknown) => void warnings.push(fields) }, { allowHosts }, env);
  return warnings;
}

describe('an allowed loopback host', () => {
  it.each(['api/server.ts', 'workers/worker.ts'])(
    'results in a warning at the start in production (%s)',
    async (entry) => {
      const allowed = { LEDGERDESK_ALLOW_HOSTS: 'erp.internal,127.0.0.1:4100,LOCALHOST' };
      const [first] = await start(entry, { ...allowed, NODE_ENV: 'production' });
      expect(first).toMatchObject({ level: 'warn', opened: ['127.0.0.1:4100', 'localhost'] });
      expect(first?.msg).toContain('Remove these entries in production');
    },
  );

  it.each(['localhost', 'a.localhost:1', '127.0.0.1', '127.8.8.8:80', '0.0.0.0', '[::1]:4100', '[::]'])(
    'is recognized in the entry %s',
    (entry) => {
      expect(warningsOf(['desk.test', entry], { NODE_ENV: 'production' })).toEqual([{ opened: [entry] }]);
      expect(warningsOf([entry], {})).toEqual([]);
    },
  );

  it('is not recognized in other entries', () => {
    const hosts = ['desk.test', 'localhost.example', '10.0.0.1', 'sandbox:4100', '[fd00::1]', '1270.example'];
    expect(warningsOf(hosts, { NODE_ENV: 'production' })).toEqual([]);
  });
});
