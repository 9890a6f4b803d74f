import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { findJsonError } from '../../cli/json-error.ts';
import { closeLoopbacks, startLoopback } from '../fixtures/loopback.ts';
import { CONNECTION } from './answers.ts';
import { runCli, runCliAt, TOKEN } from './run-cli.ts';
import { makeTemporaryDirectory, removeTemporaryDirectories } from './temporary-directory.ts';

afterEach(closeLoopbacks);
afterEach(removeTemporaryDirectories);

async function connectionFile(text: string): Promise<{ directory: string; file: string }> {
  const directory = await makeTemporaryDirectory();
  const file = join(directory, 'contoso.json');
  await writeFile(file, text);
  return { directory, file };
}

describe('connection apply', () => {
  it('sends the document with the secrets of its own environment and files in place', async () => {
    const api = await startLoopback(() => ({ body: { connection: { id: 'contoso' } } }));
    const { directory, file } = await connectionFile(
      JSON.stringify({
        id: 'contoso',
        dynamics: {
          clientSecret: { env: 'ERP_SECRET' },
          events: { env: { record: 'customer' } },
          legalEntities: ['usmf'],
        },
        zendesk: { oauthClientSecret: { file: 'desk-secret' }, accessToken: null },
        deep: [{ any: { file: './pem' } }],
      }),
    );
    // Windows PowerShell writes UTF-16 with a byte order mark.
    await writeFile(join(directory, 'desk-secret'), Buffer.from('\u{feff}  desk secret\r\n', 'utf16le'));
    await writeFile(join(directory, 'pem'), '\u{feff}line 1\nline 2\r\n\n');
    const env = { LEDGERDESK_URL: api.origin, LEDGERDESK_ADMIN_TOKEN: TOKEN, ERP_SECRET: 'erp\n' };
    const { code, stdout } = await runCli(['connection', 'apply', file], env);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Connection contoso is applied.\n' });
    expect(api.requests[0]).toMatchObject({ method: 'POST', url: '/api/connections' });
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({
      id: 'contoso',
      dynamics: { clientSecret: 'erp', events: { env: { record: 'customer' } }, legalEntities: ['usmf'] },
      zendesk: { oauthClientSecret: 'desk secret', accessToken: null },
      deep: [{ any: 'line 1\nline 2' }],
    });
  });

  it('names every missing secret by its path, all at once, and asks nothing of the API', async () => {
    const { file } = await connectionFile(
      '{"a": {"env": "UNSET"}, "b": [{"file": "none"}], "c": {"env": "EMPTY"}, "d": {"env": 5}}',
    );
    const { code, stdout } = await runCli(['connection', 'apply', file, '--json'], { EMPTY: '' });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: 'secrets_missing',
        mistakes: [
          { path: 'a', message: 'the environment variable UNSET is not set' },
          { path: 'b.0', message: 'the file none cannot be read (ENOENT)' },
          { path: 'c', message: 'the environment variable EMPTY is empty' },
        ],
      },
    });
  });

  it('prints every mistake of a refused file on a line of its own and exits 1', async () => {
    const mistakes = [
      { path: 'sync.every', message: 'must be a duration' },
      { path: 'zendesk', message: 'is missing' },
    ];
    const error = { code: 'invalid_connection', message: 'The connection was refused.', mistakes };
    const api = await startLoopback(() => ({ status: 422, body: { error } }));
    const { file } = await connectionFile('{}');
    const plain = await runCliAt(api.origin, ['connection', 'apply', file]);
    expect(plain).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The connection was refused.\nsync.every: must be a duration\nzendesk: is missing\n',
    });
    const asJson = await runCliAt(api.origin, ['--json', 'connection', 'apply', file]);
    expect(asJson.code).toBe(1);
    expect(JSON.parse(asJson.stdout)).toEqual({ error });
  });

  it('prints every mistake once, although the message of the API lists them, too', async () => {
    const mistakes = [
      { path: 'sync.every', message: 'must be a duration' },
      { path: '', message: 'must be an object' },
    ];
    const message = 'sync.every: must be a duration\nmust be an object';
    const error = { code: 'connection_refused', message, mistakes };
    const api = await startLoopback(() => ({ status: 422, body: { error } }));
    const { file } = await connectionFile('{}');
    const { stderr } = await runCliAt(api.origin, ['connection', 'apply', file]);
    expect(stderr).toBe('sync.every: must be a duration\nmust be an object\n');
  });

  it('says what is left to do, exit 0', async () => {
    const left = { step: 'prepare-zendesk', message: 'Zendesk refused the token: run ping.' };
    const api = await startLoopback(() => ({ body: { connection: { id: 'contoso' }, left } }));
    const { file } = await connectionFile('{"id": "contoso"}');
    const { code, stdout } = await runCliAt(api.origin, ['connection', 'apply', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('Still to do: prepare-zendesk. Zendesk refused the token: run ping.');
  });

  it('says what a trial of each replaced credential found', async () => {
    const credentials = [
      { system: 'dynamics', ok: false, message: 'Entra refused it. Create a new one.' },
      { system: 'zendesk', ok: true, message: 'Zendesk accepts the new credential.' },
    ];
    const api = await startLoopback(() => ({ body: { connection: { id: 'contoso' }, credentials } }));
    const { file } = await connectionFile('{"id": "contoso"}');
    const { code, stdout } = await runCliAt(api.origin, ['connection', 'apply', file]);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'Connection contoso is applied.',
      'The new credential is stored, but it does not work. Entra refused it. Create a new one.',
      'Zendesk accepts the new credential.',
      '',
    ]);
  });

  it('says line and column of a mistake in the syntax without repeating the text, which may be a secret', async () => {
    const { file } = await connectionFile('{\n  "id": "contoso",\n  "key": topsecret\n}\n');
    const { code, stderr } = await runCli(['connection', 'apply', file]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'contoso.json is not valid JSON at line 3, column 10: expected a value, or a name in double quotes.',
    );
    expect(stderr).not.toContain('topsecret');
  });

  it('says which file cannot be read', async () => {
    const { code, stderr } = await runCli(['connection', 'apply', 'none.json']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'The connection file none.json cannot be read (ENOENT).\n' });
  });
});

describe('connection list, show and remove', () => {
  it('show the answer of the API, as a document or for people', async () => {
    const removed = { id: 'contoso', removed: true };
    const api = await startLoopback(({ method, url }) => {
      if (method === 'DELETE') return { body: removed };
      return { body: url === '/api/connections' ? { items: [CONNECTION], total: 1 } : CONNECTION };
    });
    const list = await runCliAt(api.origin, ['connection', 'list', '--json']);
    expect(JSON.parse(list.stdout)).toEqual({ items: [CONNECTION], total: 1 });
    const show = await runCliAt(api.origin, ['connection', 'show', 'contoso']);
    expect(show.stdout).toContain('stateReason: none\n');
    expect(show.stdout).toContain('hooks:\n  zendesk: https://x/1\n  dynamics: https://x/2\n');
    const remove = await runCliAt(api.origin, ['connection', 'remove', 'contoso', '--json']);
    expect(JSON.parse(remove.stdout)).toEqual(removed);
    expect(api.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /api/connections',
      'GET /api/connections/contoso',
      'DELETE /api/connections/contoso',
    ]);
  });
});

describe('the place of a mistake in JSON', () => {
  it.each([
    ['{"a": 1,}', 1, 9, 'a member name in double quotes'],
    ['{"a" 1}', 1, 6, 'a colon'],
    ['{"a": 1 "b": 2}', 1, 9, 'a comma'],
    ['[1, 2', 1, 6, 'a closing bracket'],
    ['{"a": "x\n"}', 1, 7, 'a string that ends on the same line and has only valid escapes'],
    ['{"a": "\\x"}', 1, 7, 'a string that ends on the same line and has only valid escapes'],
    ['{}\r\n{}', 2, 1, 'the end of the document'],
    ['[01]', 1, 3, 'a comma'],
    ['', 1, 1, 'a value'],
    ["{'a': 1}", 1, 2, 'a value, or a name in double quotes'],
    ['// a comment\n{}', 1, 1, 'no comment'],
  ])('is found in %j', (text, ...[line, column, expected]) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(findJsonError(text)).toEqual({ line, column, expected });
  });

  it.each(['{"a": [1, -0.5e+3, true, null, "\\u00e9\\n ☃ 😀 \u007f\ud800"]}', ' [ ] ', '"x"', '{"": {}}'])(
    'is nowhere in %j',
    (text) => {
      JSON.parse(text);
      expect(findJsonError(text)).toBeUndefined();
    },
  );
});
