import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BundleOptions } from './bundle.ts';

/** Bundles the workflows in a process of its own, from source or from the build, whichever runs. Throws when that fails. */
export function bundleApart(options: BundleOptions): Promise<{ code: string }> {
  const entry = new URL(`./bundle-process${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  const args = [JSON.stringify(options)];
  const child = fork(fileURLToPath(entry), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('message', (code: string) => resolve({ code }));
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`The workflows could not be bundled (exit ${status}).`)));
  });
}
