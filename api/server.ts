import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadConfig, requireSettings, type Config } from '../runtime/config/config.ts';
import { always, createLog, type Log } from '../runtime/log/log.ts';
import { createProcessLog } from '../runtime/process-log.ts';
import { isUnrecoverable, openServices } from '../runtime/services.ts';
import { EXIT_UNRECOVERABLE, onShutdown } from '../runtime/shutdown.ts';
import { warnOfOpenings } from '../runtime/log/warn-of-openings.ts';
import { warnOfShortToken } from './admin/short-token.ts';
import { createApp } from './app.ts';
import { ensureHousekeeping } from './housekeeping.ts';
import { createHttpServer } from './http-server.ts';

/** The port cannot be had; another try would meet the same. */
class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** The entry of the api process: opens what it needs, listens, and answers until it is asked to end. */
async function main(): Promise<void> {
  const config = requireSettings(loadConfig(process.env), ['adminToken']);
  const log = createProcessLog(config, { process: 'api' });
  warnOfOpenings(log, config, process.env);
  warnOfShortToken(config.adminToken, log);
  const services = await openServices({ config, env: process.env });
  const place = { url: '' };
  const publicUrl = (): string => config.publicUrl ?? place.url;
  const { adminToken, uiOrigins } = config;
  const server = createHttpServer(createApp({ services, publicUrl, adminToken, uiOrigins, log }));
  await listen(server, config);
  place.url = urlOf(server, config.host);
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
  always(log).info({ url: place.url }, 'listening');
}

async function listen(server: Server, { host, port }: Config): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'is taken' : `cannot be had (${code})`;
    throw new ListenError(`${host}:${port} ${reason}: set LEDGERDESK_HOST and LEDGERDESK_PORT to a free place.`);
  }
}

/** A listener on all addresses is reached at the loopback one. */
function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function giveUp(log: Log, error: unknown): never {
  const unrecoverable = isUnrecoverable(error) || error instanceof ListenError;
  if (unrecoverable && error instanceof Error) log.error(error.message.replaceAll('\n', ' '));
  else log.error({ err: error }, 'the api stopped');
  process.exit(unrecoverable ? EXIT_UNRECOVERABLE : 1);
}

main().catch((error: unknown) => giveUp(createLog({ level: 'info', process: 'api' }).log, error));
