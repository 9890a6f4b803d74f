import type { Config, Env } from '../config/config.ts';
import type { Log } from './log.ts';

/** Names and addresses of this machine itself, as the allowed hosts are written; unspecified addresses lead here, too. */
const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:(?:127\.|7f).*\])(?::\d+)?$/;

/**
 * Says loudly that a production start lets requests, credentials with them, go to this machine itself and without TLS. It is
 * no mistake that stops the start: somebody may try a production image against the sandbox.
 */
export function warnOfOpenings(log: Pick<Log, 'warn'>, { allowHosts }: Pick<Config, 'allowHosts'>, env: Env): void {
  const opened = allowHosts.filter((entry) => LOOPBACK.test(entry));
  if (env['NODE_ENV'] !== 'production' || opened.length === 0) return;
  log.warn(
    { opened },
    'LEDGERDESK_ALLOW_HOSTS opens this machine itself to requests that carry credentials. It is for tests and the sandbox: take these entries out in production.',
  );
}
