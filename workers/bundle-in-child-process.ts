import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BundleOptions } from './bundle.ts';

/**
 * Bundles the workflows in a child process, so that the memory of the bundler, more than a worker needs, is freed. Uses
 * the source or the build, whichever is running. Throws when bundling fails.
 */
export function bundleInChildProcess(options: BundleOptions): Promise<{ code: string }> {
  const entry = new URL(`./bundle-process${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  const args = [JSON.stringify(options)];
  const child = fork(fileURLToPath(entry), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('message', (code: string) => resolve({ code }));
    child.once('error', reject);
    child.once('exit', (status) =>
      reject(new Error(`The workflows could not be bundled (exit code ${status}). See the output above.`)),
    );
  });
}
