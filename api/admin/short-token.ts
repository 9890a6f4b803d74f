import type { Log } from '../../runtime/log/log.ts';
import type { Secret } from '../../runtime/config/secret.ts';

/** The length of 24 random bytes in base64, which are too many to guess. */
const MIN_LENGTH = 32;

/** Logs a warning if the admin token is short enough to be guessed. A valid token is accepted from every address. */
export function warnOfShortToken(token: Secret, log: Log): void {
  if (token.reveal().length >= MIN_LENGTH) return;
  log.warn(
    `LEDGERDESK_ADMIN_TOKEN is shorter than ${MIN_LENGTH} characters and could be guessed. Set it to the output of "openssl rand -hex 32" and restart the api process.`,
  );
}
