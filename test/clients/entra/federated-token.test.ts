import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFederatedToken } from '../../../clients/entra/federated-token.ts';
import { failureOf } from '../kit.ts';

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJsZWRnZXJkZXNrIn0.c2lnbmF0dXJl';

describe('a federated token file', () => {
  let root: string;
  let directory: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'ledgerdesk-federated-'));
    directory = join(root, 'tokens');
    await mkdir(directory);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(root, name), text);
    return join(root, name);
  };

  it('is read through the symbolic links with which Kubernetes projects and replaces it', async () => {
    for (const [version, token] of [
      ['..2026_11_30', TOKEN],
      ['..2026_12_01', `${TOKEN}x`],
    ] as const) {
      await mkdir(join(directory, version));
      await file(`tokens/${version}/azure-identity-token`, `${token}\n`);
      await rm(join(directory, '..data'), { force: true });
      await symlink(version, join(directory, '..data'));
      if (version === '..2026_11_30')
        await symlink('..data/azure-identity-token', join(directory, 'azure-identity-token'));
      expect(await readFederatedToken(join(directory, 'azure-identity-token'), directory)).toBe(token);
    }
  });

  it('may be in a folder that is a symbolic link itself', async () => {
    await file('tokens/token', TOKEN);
    await symlink(directory, join(root, 'link'));
    expect(await readFederatedToken(join(root, 'link/token'), join(root, 'link'))).toBe(TOKEN);
    expect(await readFederatedToken(join(directory, 'token'), join(root, 'link'))).toBe(TOKEN);
  });

  it('cannot be used without the folder, and the message names the variable', async () => {
    const failure = await failureOf(readFederatedToken(await file('tokens/token', TOKEN), undefined));
    expect(failure).toMatchObject({ system: 'entra', kind: 'unauthorized', code: 'CREDENTIAL_DIR' });
    expect(failure.detail).toContain('LEDGERDESK_CREDENTIAL_DIR is not set');
  });

  it.each<[string, string, () => Promise<string>]>([
    ['outside of the folder', 'OUTSIDE', () => file('outside', TOKEN)],
    ['in a folder with a similar name', 'OUTSIDE', () => mkdir(`${directory}2`).then(() => file('tokens2/t', TOKEN))],
    ['with .. in its path', 'OUTSIDE', async () => file('outside', TOKEN).then(() => `${directory}/../outside`)],
    [
      'that is a link to the outside',
      'OUTSIDE',
      async () => {
        await symlink(await file('outside', TOKEN), join(directory, 'link'));
        return join(directory, 'link');
      },
    ],
    ['that is missing', 'ENOENT', async () => Promise.resolve(join(directory, 'missing'))],
    ['that is a folder', 'NOT_A_FILE', () => mkdir(join(directory, 'folder')).then(() => join(directory, 'folder'))],
    ['with another secret', 'NOT_A_TOKEN', () => file('tokens/t', 'root:x:0:0')],
    ['that is too large', 'NOT_A_TOKEN', () => file('tokens/t', `${TOKEN}${'x'.repeat(16 * 1024)}`)],
  ])('%s is refused (%s) and not quoted', async (_which, code, create) => {
    const failure = await failureOf(readFederatedToken(await create(), directory));
    expect(failure).toMatchObject({ kind: 'unauthorized', code });
    expect(JSON.stringify(failure)).not.toContain('root:x');
  });

  it('that is a pipe does not block', async () => {
    await promisify(execFile)('mkfifo', [join(directory, 'pipe')]);
    expect(await failureOf(readFederatedToken(join(directory, 'pipe'), directory))).toMatchObject({
      code: 'NOT_A_FILE',
    });
  });
});
