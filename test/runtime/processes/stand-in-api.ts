import { createServer } from 'node:http';
import { loadConfig } from '../../../runtime/config/config.ts';
import { always, createLog } from '../../../runtime/log/log.ts';
import { EXIT_UNRECOVERABLE, onShutdown } from '../../../runtime/shutdown.ts';

/**
 * A replacement for the API in tests of the supervisor. It responds with its environment to /environment and with its
 * pid to /pid, crashes at /crash, and ends with an unrecoverable error at /unrecoverable.
 */
const config = loadConfig(process.env);
const { log } = createLog({ level: config.logLevel, process: 'api' });

const responses: Readonly<Record<string, () => unknown>> = {
  '/readyz': () => ({ ok: true }),
  '/pid': () => ({ pid: process.pid }),
  '/environment': () => ({
    databaseUrl: config.databaseUrl?.reveal(),
    temporalAddress: process.env['TEMPORAL_ADDRESS'],
    keysGenerated: config.encryptionKeysGenerated,
    keyId: config.encryptionKeys?.[0].id,
    uiOrigins: config.uiOrigins,
    adminToken: config.adminToken?.reveal(),
  }),
  '/crash': () => process.exit(3),
  '/unrecoverable': () => process.exit(EXIT_UNRECOVERABLE),
  '/leak': () => log.info({ url: config.databaseUrl?.reveal() }, 'a leaked secret'),
};

const server = createServer((request, response) => {
  response.setHeader('connection', 'close');
  response.end(JSON.stringify(responses[request.url ?? '']?.() ?? {}));
});
server.listen(config.port, config.host, () => {
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  always(log).info({ url: `http://127.0.0.1:${port}` }, 'listening');
});
onShutdown(async () => {
  log.info('closing');
  server.closeAllConnections();
  return Promise.resolve();
});
