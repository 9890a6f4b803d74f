import { fileURLToPath } from 'node:url';
import { runSupervisor } from './run-supervisor.ts';

/** The processes are TypeScript when this file runs from source, and JavaScript in a build. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

runSupervisor([
  { name: 'api', file: fileURLToPath(new URL(`../../api/server.${extension}`, import.meta.url)) },
  { name: 'worker', file: fileURLToPath(new URL(`../../workers/worker.${extension}`, import.meta.url)) },
]);
