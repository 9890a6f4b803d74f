import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** A secret text. It is printed as `[redacted]`. Only `reveal()` returns it. */
export interface Secret {
  /** Returns the secret in clear. */
  reveal(): string;
  /** Returns `[redacted]`. */
  toString(): string;
  /** Returns `[redacted]`. */
  toJSON(): string;
}

/** Wraps a secret text, so that its string, JSON and inspected forms are `[redacted]`. */
export function createSecret(value: string): Secret {
  const redacted = (): string => REDACTED;
  const secret = { reveal: () => value, toString: redacted, toJSON: redacted };
  Object.defineProperty(secret, inspect.custom, { value: redacted });
  return Object.freeze(secret);
}

/** Changes the JSON and inspected forms of a Buffer to `[redacted]`. Returns the same Buffer. */
export function redactBytes(bytes: Buffer): Buffer {
  for (const form of ['toJSON', inspect.custom]) Object.defineProperty(bytes, form, { value: () => REDACTED });
  return bytes;
}
