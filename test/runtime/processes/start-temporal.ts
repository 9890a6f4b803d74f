import { startEmbeddedTemporal } from '../../../runtime/temporal/embedded-temporal.ts';
import { createLog } from '../../../runtime/log/log.ts';

/** Starts the embedded Temporal of a data directory, says where it is, and waits to be killed. */
const { log } = createLog({ level: 'silent' });
const server = await startEmbeddedTemporal({ dataDir: process.argv[2] ?? '', env: process.env, log });
process.stdout.write(`${JSON.stringify({ address: server.address })}\n`);
setInterval(() => undefined, 1_000);
