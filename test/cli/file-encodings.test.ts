import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeLoopbacks, startLoopback } from '../fixtures/loopback.ts';
import { runCli, TOKEN } from './run-cli.ts';
import { makeTemporaryDirectory, removeTemporaryDirectories } from './temporary-directory.ts';

afterEach(closeLoopbacks);
afterEach(removeTemporaryDirectories);

const FILE = { id: 'contoso', name: 'Børo', dynamics: { clientSecret: { file: 'secret' } } };
const LATIN = Buffer.from(JSON.stringify(FILE, null, 2), 'latin1');

/** Writes a connection file and the file of its secret, and applies it to an API that accepts everything. */
async function apply(content: { file?: Buffer | string; secret?: Buffer | string; more?: string[] }) {
  const api = await startLoopback(() => ({ body: { connection: { id: 'contoso' } } }));
  const directory = await makeTemporaryDirectory();
  const file = join(directory, 'contoso.json');
  await writeFile(file, content.file ?? JSON.stringify(FILE));
  await writeFile(join(directory, 'secret'), content.secret ?? 's3cret\n');
  const env = { LEDGERDESK_URL: api.origin, LEDGERDESK_ADMIN_TOKEN: TOKEN };
  const ended = await runCli(['connection', 'apply', file, ...(content.more ?? [])], env);
  const [request] = api.requests;
  return { ...ended, sent: request === undefined ? undefined : (JSON.parse(request.body) as unknown) };
}

describe('connection apply', () => {
  it.each([
    ['UTF-16 (little endian)', Buffer.from(`\u{feff}${JSON.stringify(FILE)}`, 'utf16le')],
    ['UTF-16 (big endian)', Buffer.from(`\u{feff}${JSON.stringify(FILE)}`, 'utf16le').swap16()],
    ['UTF-8 with a byte order mark', Buffer.from(`\u{feff}${JSON.stringify(FILE)}`)],
  ])('reads a file that was saved as %s', async (_encoding, file) => {
    const { code, stderr, sent } = await apply({ file });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(sent).toMatchObject({ name: 'Børo', dynamics: { clientSecret: 's3cret' } });
  });

  it('refuses a file that was saved as Windows-1252, with the place and what to do, and sends nothing', async () => {
    const { code, stderr, sent } = await apply({ file: LATIN });
    expect({ code, sent }).toEqual({ code: 1, sent: undefined });
    expect(stderr).toMatch(
      /contoso\.json is not valid UTF-8 at line 3, column 13 \(byte 0xF8 at offset \d+\)\. Save it as UTF-8 .*\. Nothing was applied\./,
    );
  });

  it('refuses a secret file that is not text, by its path in the document', async () => {
    const { code, stdout, sent } = await apply({ secret: Buffer.from('pa\u{df}wort', 'latin1'), more: ['--json'] });
    expect({ code, sent }).toEqual({ code: 1, sent: undefined });
    const message = expect.stringMatching(
      /^the file secret is not valid UTF-8 at line 1, column 3 .* Save it as UTF-8/,
    );
    expect(JSON.parse(stdout)).toMatchObject({ error: { mistakes: [{ path: 'dynamics.clientSecret', message }] } });
  });

  it.each([
    ['a byte order mark', '\u{feff}s3cret\n'],
    ['blanks at the end', 's3cret  \n'],
    ['an empty line', 's3cret\n\n'],
    ['UTF-16 and a no-break space', Buffer.from('\u{feff}s3cret\u{a0}', 'utf16le')],
  ])('takes a secret without %s, and says so', async (_what, secret) => {
    for (const more of [[], ['--json']]) {
      const { code, stderr, sent } = await apply({ secret, more });
      expect(sent).toMatchObject({ dynamics: { clientSecret: 's3cret' } });
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr:
          'dynamics.clientSecret: the file secret has white space or a byte order mark around the secret, which was removed.\n',
      });
    }
  });

  it('says nothing about the line break that ends a secret file', async () => {
    for (const secret of ['s3cret\n', 's3cret\r\n', 's3cret'])
      expect(await apply({ secret })).toMatchObject({ stderr: '' });
  });
});
