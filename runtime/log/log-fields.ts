import { isNativeError } from 'node:util/types';
import { hideTokens } from '../../clients/redact.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Names of members that hold secrets in requests, connection files and settings. */
const SECRET_NAME =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|password|secret|(?:client|signing)_?secret|oauthClientSecret|webhookSecret|client_?assertion|(?:access|refresh|admin)_?token|private_?key)$/i;

/** Deeper than any line that Ledgerdesk logs. The limit also ends circular references. */
const MAX_DEPTH = 6;

/**
 * Redacts the fields of a log call.
 * - Of errors, at any depth, only type, message, code and stack are kept, because errors of HTTP clients contain
 *   headers and bodies. Tokens in their texts are replaced, because a message may quote an answer.
 * - Members with the name of a secret are replaced.
 * - Of an instance of a class, only the name of the class is kept.
 */
export function redactFields(fields: Fields): Record<string, unknown> {
  return redactMembers(fields, 0);
}

function redactMembers(members: Fields, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name,
      SECRET_NAME.test(name) ? '[redacted]' : redactValue(value, depth + 1),
    ]),
  );
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (isError(value)) return describeError(value);
  if (depth > MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain ? redactMembers(value as Fields, depth) : `[${value.constructor.name}]`;
}

/** Returns type, message, code, cause and stack of an error, without any other member and with tokens replaced. */
export function describeError(error: unknown): Fields & { readonly message: string } {
  if (!isError(error)) return { message: typeof error === 'string' ? error : 'not an error object' };
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: hideTokens(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(isError(error.cause) ? { cause: hideTokens(error.cause.message) } : {}),
    ...(error.stack === undefined ? {} : { stack: hideTokens(error.stack) }),
  };
}

function isError(value: unknown): value is Error {
  return value instanceof Error || isNativeError(value);
}
