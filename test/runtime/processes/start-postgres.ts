import { startEmbeddedPostgres } from '../../../runtime/postgres/embedded-postgres.ts';
import { createLog } from '../../../runtime/log/log.ts';

/** Starts the embedded PostgreSQL of a data directory, prints its URL, and runs until it is killed. */
const { log } = createLog({ level: 'silent' });
const server = await startEmbeddedPostgres(process.argv[2] ?? '', log);
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
setInterval(() => undefined, 1_000);
