import { createApi } from './api-client.ts';
import { runCommandLine } from './command-line.ts';
import { readSettings } from './settings.ts';

/** A pipe whose reader has ended (`ledgerdesk records … | head`) is not an error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const { exitCode, stdout, stderr } = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  openApi: async () => createApi(await readSettings(process.env)),
  terminal: process.stderr,
});
process.stderr.write(stderr);
process.stdout.write(stdout);
process.exitCode = exitCode;
