import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.ts';
import { startSandbox } from '../sandbox.ts';

const NAME = 'contoso.zendesk.test';

describe('the sandbox with TLS', () => {
  let folder: string;
  let cert: string;
  let sandbox: Sandbox;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-tls-'));
    const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert'), '-subj', `/CN=${NAME}`];
    const alternatives = `subjectAltName=DNS:${NAME},IP:127.0.0.1`;
    const options = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-addext', alternatives];
    await promisify(execFile)('openssl', ['req', '-x509', ...options, ...files]);
    cert = await readFile(join(folder, 'cert'), 'utf8');
    sandbox = await startSandbox({
      seed: 'distributor',
      tls: { cert, key: await readFile(join(folder, 'key'), 'utf8') },
      publicUrls: { zendesk: `https://${NAME}` },
    });
  });
  afterAll(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Sends a GET request to a system, under the name that a client uses. */
  const read = (
    port: number,
    path: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      get({ port, path, headers, host: '127.0.0.1', ca: cert }, (response) => {
        text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
      }).once('error', reject);
    });

  it('names a system by its public URL, and leads there from every page', async () => {
    expect(sandbox.zendesk).toBe(`https://${NAME}`);
    const headers = { host: NAME, authorization: `Bearer ${sandbox.zendeskToken}` };
    const { status, body } = await read(sandbox.ports?.zendesk ?? 0, '/api/v2/organizations?per_page=1', headers);
    expect(status).toBe(200);
    expect((JSON.parse(body) as { next_page: string }).next_page).toMatch(new RegExp(`^https://${NAME}/api/v2/`));
  });

  it('serves the other systems at their ports, and its control server without TLS', async () => {
    expect(sandbox.dynamics).toBe(`https://127.0.0.1:${sandbox.ports?.dynamics}`);
    expect((await read(sandbox.ports?.dynamics ?? 0, '/data', {})).status).toBe(401);
    expect((await fetch(`${sandbox.control}/counts`)).status).toBe(200);
  });
});
