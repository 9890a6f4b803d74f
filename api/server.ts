import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadConfig, requireSettings, type Config } from '../runtime/config/config.ts';
import { always, createLog, type Log } from '../runtime/log/log.ts';
import { createProcessLog } from '../runtime/process-log.ts';
import { isUnrecoverable, openServices } from '../runtime/services.ts';
import { EXIT_UNRECOVERABLE, onShutdown } from '../runtime/shutdown.ts';
import { warnLoopbackHosts } from '../runtime/log/warn-loopback-hosts.ts';
import { warnOfShortToken } from './admin/short-token.ts';
import { createApp } from './app.ts';
import { ensureHousekeeping } from './housekeeping.ts';
import { DATABASE_WAITS } from './database-waits.ts';
import { createHttpServer } from './http-server.ts';

/** Thrown when the process cannot listen on its address. Another attempt would fail in the same way. */
class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Starts the api process: opens the services, listens, and runs until it is stopped. */
async function main(): Promise<void> {
  const config = requireSettings(loadConfig(process.env), ['adminToken']);
  const log = createProcessLog(config, { process: 'api' });
  warnLoopbackHosts(log, config, process.env);
  warnOfShortToken(config.adminToken, log);
  const services = await openServices({ config, env: process.env, databaseWaits: DATABASE_WAITS });
  const address = { url: '' };
  const publicUrl = (): string => config.publicUrl ?? address.url;
  const { adminToken, uiOrigins } = config;
  const server = createHttpServer(createApp({ services, publicUrl, adminToken, uiOrigins, log }));
  await listen(server, config);
  address.url = urlOf(server, config.host);
  const stopping = new AbortController();
  const housekeeping = ensureHousekeeping({ temporal: services.temporal, log }, stopping.signal);
  onShutdown(async () => {
    stopping.abort();
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    await closed;
    await housekeeping;
    await services.close();
  });
  always(log).info({ url: address.url }, 'listening');
}

async function listen(server: Server, { host, port }: Config): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'is already in use' : `is not available (${code})`;
    throw new ListenError(
      `The address ${host}:${port} ${reason}. Set LEDGERDESK_HOST and LEDGERDESK_PORT to a free address.`,
    );
  }
}

/** A server that listens on all addresses is reached at the loopback address. */
function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function exitWith(log: Log, error: unknown): never {
  const unrecoverable = isUnrecoverable(error) || error instanceof ListenError;
  if (unrecoverable && error instanceof Error) log.error(error.message.replaceAll('\n', ' '));
  else log.error({ err: error }, 'the api process stopped because of an error');
  process.exit(unrecoverable ? EXIT_UNRECOVERABLE : 1);
}

main().catch((error: unknown) => exitWith(createLog({ level: 'info', process: 'api' }).log, error));
