import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readSettings } from '../../cli/settings.ts';
import { closeLoopbacks, startLoopback } from '../fixtures/loopback.ts';
import { runCli, runCliAt, TOKEN } from './run-cli.ts';
import { makeTemporaryDirectory, removeTemporaryDirectories } from './temporary-directory.ts';

afterEach(closeLoopbacks);
afterEach(removeTemporaryDirectories);

const inNewDirectory = async (name: string, text: string): Promise<{ directory: string; file: string }> => {
  const directory = await makeTemporaryDirectory();
  const file = join(directory, name);
  await writeFile(file, text);
  return { directory, file };
};

describe('the admin token', () => {
  it('is taken from the variable, from the file it names, or from the data directory', async () => {
    const named = await inNewDirectory('named', 'from-a-file\n');
    const generated = await inNewDirectory('admin-token', 'generated\n');
    const token = async (env: Record<string, string>) => (await readSettings(env)).token;
    expect(await token({ LEDGERDESK_ADMIN_TOKEN: 'plain' })).toBe('plain');
    expect(await token({ LEDGERDESK_ADMIN_TOKEN_FILE: named.file })).toBe('from-a-file');
    expect(await token({ LEDGERDESK_DATA_DIR: generated.directory })).toBe('generated');
  });

  it.each([
    [{}, /no admin token at \.ledgerdesk\/admin-token\. Run `npm start`/],
    [{ LEDGERDESK_ADMIN_TOKEN_FILE: '/nonexistent/token' }, /LEDGERDESK_ADMIN_TOKEN_FILE cannot be read.*ENOENT/],
    [{ LEDGERDESK_ADMIN_TOKEN: 'two words' }, /printable ASCII/],
    [{ LEDGERDESK_ADMIN_TOKEN: 'a', LEDGERDESK_ADMIN_TOKEN_FILE: 'b' }, /both set/],
    [{ LEDGERDESK_ADMIN_TOKEN: 'a', LEDGERDESK_URL: '127.0.0.1:8080' }, /LEDGERDESK_URL must be/],
  ])('or the address that is no good is one sentence (%j)', async (env, sentence) => {
    const { code, stdout, stderr } = await runCli(['runs', 'contoso'], env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('a request', () => {
  it('carries the token, and the ID as one encoded segment', async () => {
    const api = await startLoopback(() => ({ body: { items: [], total: 0 } }));
    const { code } = await runCliAt(`${api.origin}/base/`, ['runs', 'a/b?c', '--limit', '3']);
    expect(code).toBe(0);
    expect(api.requests[0]).toMatchObject({
      method: 'GET',
      url: '/base/api/connections/a%2Fb%3Fc/runs?limit=3',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
  });

  it('to an API that does not run fails with a sentence that says what to do', async () => {
    const api = await startLoopback(() => ({}));
    await api.close();
    const { code, stdout } = await runCliAt(api.origin, ['runs', 'contoso', '--json']);
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
    expect({ code, errorCode: error.code }).toEqual({ code: 1, errorCode: 'unreachable' });
    expect(error.message).toMatch(/ECONNREFUSED.*`npm start`.*LEDGERDESK_URL/);
  });

  it('that is refused for its token says where the token came from, never the token', async () => {
    const api = await startLoopback(() => ({ status: 401, body: { error: { code: 'unauthorized', message: 'No.' } } }));
    const { code, stderr } = await runCliAt(api.origin, ['runs', 'contoso']);
    expect(code).toBe(1);
    expect(stderr).toBe('No. The token came from LEDGERDESK_ADMIN_TOKEN.\n');
  });

  it('that meets another server says so', async () => {
    const api = await startLoopback(() => ({ status: 502, body: '<html>Bad gateway</html>' }));
    const { code, stderr } = await runCliAt(api.origin, ['run', 'run-1']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/HTTP 502.*not Ledgerdesk's API.*LEDGERDESK_URL/);
  });

  it('is never redirected, so that the token stays', async () => {
    const elsewhere = await startLoopback(() => ({ body: {} }));
    const api = await startLoopback(() => ({ status: 307, headers: { location: elsewhere.origin } }));
    const { code } = await runCliAt(api.origin, ['run', 'run-1']);
    expect(code).toBe(1);
    expect(elsewhere.requests).toHaveLength(0);
  });
});
