import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../runtime/config/config.ts';
import { createProcessLog } from '../../runtime/process-log.ts';

const SECRETS = {
  LEDGERDESK_ADMIN_TOKEN: 'an-admin-token-of-the-test',
  LEDGERDESK_ALERT_SECRET: 'an-alert-secret',
  DATABASE_URL: 'postgres://someone:hush@127.0.0.1:1/none',
};

describe('the log of a process', () => {
  it('has the configured level, and redacts the secrets of the configuration', () => {
    const lines: string[] = [];
    const config = loadConfig({ ...SECRETS, LEDGERDESK_LOG_LEVEL: 'debug' });
    const write = (line: string): number => lines.push(line);
    const log = createProcessLog(config, { process: 'worker', pretty: false, write });
    log.trace('too much');
    log.debug(SECRETS, 'all of them');
    expect(lines).toHaveLength(1);
    for (const secret of Object.values(SECRETS)) expect(lines[0]).not.toContain(secret);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'debug', process: 'worker', msg: 'all of them' });
  });

  it.each([
    { level: 'error', lines: 1 },
    { level: 'fatal', lines: 0 },
  ])('of a worker that cannot reach its database has $lines line(s) at level $level', async ({ level, lines }) => {
    const output = await runWorker({
      ...SECRETS,
      LEDGERDESK_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
      LEDGERDESK_LOG_LEVEL: level,
    });
    expect(output.filter((line) => line.includes('the worker stopped'))).toHaveLength(lines);
    expect(output).toHaveLength(lines);
  });
});

/** Runs the worker until it ends. Returns the lines of its stdout. */
async function runWorker(env: Readonly<Record<string, string>>): Promise<string[]> {
  const entry = fileURLToPath(new URL('../../workers/worker.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', entry], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  await once(child, 'close');
  return out.split('\n').filter((line) => line !== '');
}
