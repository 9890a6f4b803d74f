import type { Log } from '../../runtime/log/log.ts';
import type { Secret } from '../../runtime/config/secret.ts';

/** 24 random bytes as base64; nobody tries that many. */
const ENOUGH_CHARACTERS = 32;

/** Warns of an admin token that could be found by trying: a wrong one costs its sender little, a valid one passes from anywhere. */
export function warnOfShortToken(token: Secret, log: Log): void {
  if (token.reveal().length >= ENOUGH_CHARACTERS) return;
  log.warn(
    `LEDGERDESK_ADMIN_TOKEN is shorter than ${ENOUGH_CHARACTERS} characters and could be guessed: take the output of "openssl rand -hex 32", and restart.`,
  );
}
