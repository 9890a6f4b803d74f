import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { textMember } from '../classify.ts';
import { remoteError, type RemoteError } from '../errors.ts';

const MAX_BYTES = 16 * 1024;
/** Three parts in base64url (RFC 7519). */
const JWT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * Reads a federated token. A connection file names the path, so it must not lead to any other file of the machine: the
 * file, after all symbolic links, must be below `directory`, which the operator has chosen, and hold a token.
 * Kubernetes projects tokens as symbolic links and replaces them, so the file is read anew each time.
 */
export async function readFederatedToken(path: string, directory: string | undefined): Promise<string> {
  if (directory === undefined) throw refused('CREDENTIAL_DIR', NO_DIRECTORY, SET_DIRECTORY);
  try {
    const [file, root] = await Promise.all([realpath(path), realpath(directory)]);
    if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) throw refused('OUTSIDE', OUTSIDE, SET_DIRECTORY);
    return await readToken(file);
  } catch (error) {
    const code = textMember(error, 'code');
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    throw refused(code, 'the federated token file cannot be read.', READABLE);
  }
}

async function readToken(file: string): Promise<string> {
  // Without O_NONBLOCK, opening a pipe would wait for a writer.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile())
      throw refused('NOT_A_FILE', 'the federated token file is not a file.', READABLE);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_BYTES + 1), 0, MAX_BYTES + 1, 0);
    const token = buffer.subarray(0, bytesRead).toString('utf8').trim();
    if (bytesRead > MAX_BYTES || !JWT.test(token)) throw refused('NOT_A_TOKEN', NO_TOKEN, READABLE);
    return token;
  } finally {
    await handle.close();
  }
}

const NO_DIRECTORY = 'the connection names a federated token file, but LEDGERDESK_CREDENTIAL_DIR is not set.';
const OUTSIDE = 'the federated token file is not below LEDGERDESK_CREDENTIAL_DIR.';
const NO_TOKEN = 'the federated token file does not hold a token.';
const SET_DIRECTORY =
  'Set LEDGERDESK_CREDENTIAL_DIR, for the api and every worker, to the folder into which the token is projected, and restart.';
const READABLE =
  'Make sure that dynamics.federatedTokenFile names the federated token file, and that Ledgerdesk may read it.';

function refused(code: string, detail: string, advice: string): RemoteError {
  return remoteError({ system: 'entra', operation: 'request a token', kind: 'unauthorized', code, detail, advice });
}
