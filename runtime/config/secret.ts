import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** A value that no log, JSON document or debugger print may show. Whoever needs it says so by calling `reveal()`. */
export interface Secret {
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

/** Wraps a secret text: its string, JSON and inspected forms all say `[redacted]`. */
export function createSecret(value: string): Secret {
  const redacted = (): string => REDACTED;
  const secret = { reveal: () => value, toString: redacted, toJSON: redacted };
  Object.defineProperty(secret, inspect.custom, { value: redacted });
  return Object.freeze(secret);
}

/** Makes a key's bytes unprintable in the same way, while they still work wherever a Buffer is asked for. Gives the same Buffer. */
export function hideBytes(bytes: Buffer): Buffer {
  for (const form of ['toJSON', inspect.custom]) Object.defineProperty(bytes, form, { value: () => REDACTED });
  return bytes;
}
