import { fileURLToPath } from 'node:url';
import { runSupervisor } from './run-supervisor.ts';

/** From source the processes are TypeScript too; built, they are JavaScript. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

runSupervisor([
  { name: 'api', file: fileURLToPath(new URL(`../../api/server.${extension}`, import.meta.url)) },
  { name: 'worker', file: fileURLToPath(new URL(`../../workers/worker.${extension}`, import.meta.url)) },
]);
