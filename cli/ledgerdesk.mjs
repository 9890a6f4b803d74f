#!/usr/bin/env node
// Runs the commands from the source if it exists, otherwise from the output of `npm run build`.
import { existsSync } from 'node:fs';

const source = new URL('./main.ts', import.meta.url);

try {
  if (existsSync(source)) {
    const { register } = await import('tsx/esm/api');
    register({ tsconfig: false });
    await import(source.href);
  } else {
    await import(new URL('../dist/cli/main.js', import.meta.url).href);
  }
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write('The installation of Ledgerdesk is incomplete. Run `npm ci` in its directory.\n');
  process.exitCode = 1;
}
