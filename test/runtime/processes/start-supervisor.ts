import { fileURLToPath } from 'node:url';
import { runSupervisor } from '../../../runtime/supervisor/run-supervisor.ts';

/** Runs the supervisor with replacements for the API and the worker, and with short waits. */
runSupervisor(
  [
    { name: 'api', file: fileURLToPath(new URL('./stand-in-api.ts', import.meta.url)) },
    { name: 'worker', file: fileURLToPath(new URL('./stand-in-worker.ts', import.meta.url)) },
  ],
  { firstMs: 200, longestMs: 1_000, goodRunMs: 60_000 },
);
