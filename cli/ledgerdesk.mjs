#!/usr/bin/env node
// Runs the commands from the source where it is there, and as `npm run build` left them where it is not.
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
  process.stderr.write('Ledgerdesk is not installed completely: run `npm ci` in its directory.\n');
  process.exitCode = 1;
}
