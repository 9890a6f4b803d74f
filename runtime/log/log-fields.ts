import { isNativeError } from 'node:util/types';
import { hideTokens } from '../../clients/redact.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Names under which requests, connection files and settings carry secrets. */
const SECRET_NAME =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|password|secret|(?:client|signing)_?secret|oauthClientSecret|webhookSecret|client_?assertion|(?:access|refresh|admin)_?token|private_?key)$/i;

/** Deeper than any line of ours; what refers to itself ends here, too. */
const DEEPEST = 6;

/**
 * Makes the fields of a log call fit to be written: of an error, under whatever name and however deep, type, message, code and
 * stack are kept, never other members, since errors of HTTP clients carry headers and bodies; and their words may quote an
 * answer, so what looks like a token is hidden there. What a member's name gives away as a secret is hidden, too, and of an
 * object with a class of its own only the class is told.
 */
export function fitToLog(fields: Fields): Record<string, unknown> {
  return fitMembers(fields, 0);
}

function fitMembers(members: Fields, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name,
      SECRET_NAME.test(name) ? '[redacted]' : fitValue(value, depth + 1),
    ]),
  );
}

function fitValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (isError(value)) return describeError(value);
  if (depth > DEEPEST) return '[deeper]';
  if (Array.isArray(value)) return value.map((item) => fitValue(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain ? fitMembers(value as Fields, depth) : `[${value.constructor.name}]`;
}

/** Says what went wrong without anything that an error object may carry along. */
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
