import { startEmbeddedTemporal } from '../../../runtime/temporal/embedded-temporal.ts';
import { createLog } from '../../../runtime/log/log.ts';

/** Starts the embedded Temporal server of a data directory, prints its address, and runs until it is killed. */
const { log } = createLog({ level: 'silent' });
const server = await startEmbeddedTemporal({ dataDir: process.argv[2] ?? '', env: process.env, log });
process.stdout.write(`${JSON.stringify({ address: server.address })}\n`);
setInterval(() => undefined, 1_000);
