import type { Config, Env } from '../config/config.ts';
import type { Log } from './log.ts';

/** Names and addresses of this machine, in the form of the allowed hosts. Unspecified addresses lead here, too. */
const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:(?:127\.|7f).*\])(?::\d+)?$/;

/**
 * Logs a warning when a production start allows requests with credentials, without TLS, to this machine itself. It does
 * not stop the start, because people may try a production image with the sandbox.
 */
export function warnLoopbackHosts(log: Pick<Log, 'warn'>, { allowHosts }: Pick<Config, 'allowHosts'>, env: Env): void {
  const opened = allowHosts.filter((entry) => LOOPBACK.test(entry));
  if (env['NODE_ENV'] !== 'production' || opened.length === 0) return;
  log.warn(
    { opened },
    'LEDGERDESK_ALLOW_HOSTS allows requests with credentials to this machine itself. This is meant for tests and the sandbox. Remove these entries in production.',
  );
}
