import { readFileSync } from 'node:fs';
import { decodeText, InvalidTextError } from './decode-text.ts';

/** Variables by name, as in `process.env`. An empty value counts as not set. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The values of the variables that are set, and the mistakes in setting them. */
export interface ReadEnvironment {
  readonly values: Readonly<Record<string, string>>;
  readonly mistakes: readonly VariableMistake[];
}

/** A mistake in a variable. The message completes the sentence "NAME …" and never repeats the value. */
export interface VariableMistake {
  readonly name: string;
  readonly message: string;
}

/** Variables whose value can be in a file. A second variable, with the suffix `_FILE`, then has the path. */
const WITH_FILE = new Set([
  ...['LEDGERDESK_ENCRYPTION_KEYS', 'LEDGERDESK_ADMIN_TOKEN', 'LEDGERDESK_ALERT_SECRET'],
  'DATABASE_URL',
]);

/** Variables that other programs share. Many of these read the lower-case name first, so it wins here, too. */
const ALSO_LOWER_CASE = new Set(['HTTPS_PROXY', 'NO_PROXY']);

/** Reads these variables, also from files. Any other variable that begins with `LEDGERDESK_` is a mistake. */
export function readEnvironment(env: Env, names: readonly string[]): ReadEnvironment {
  const values: Record<string, string> = {};
  const mistakes: VariableMistake[] = unknownNames(env, names);
  for (const name of names) {
    const value = valueOf(env, name);
    if (typeof value === 'string') values[name] = value;
    else if (value !== undefined) mistakes.push({ name, message: value.mistake });
  }
  return { values, mistakes };
}

/** Returns a value without surrounding blanks, or undefined when it is not set or empty. */
export function present(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

function unknownNames(env: Env, names: readonly string[]): VariableMistake[] {
  const known = new Set(names.flatMap((name) => (WITH_FILE.has(name) ? [name, `${name}_FILE`] : [name])));
  return Object.keys(env)
    .filter((name) => name.startsWith('LEDGERDESK_') && !known.has(name))
    .sort()
    .map((name) => ({ name, message: 'is not a setting of Ledgerdesk; see .env.example for all settings' }));
}

type Value = string | { readonly mistake: string } | undefined;

function valueOf(env: Env, name: string): Value {
  const plain = (ALSO_LOWER_CASE.has(name) ? present(env[name.toLowerCase()]) : undefined) ?? present(env[name]);
  const file = WITH_FILE.has(name) ? present(env[`${name}_FILE`]) : undefined;
  if (file === undefined) return plain;
  if (plain !== undefined) return { mistake: `and ${name}_FILE are both set; set only one of them` };
  return readValue(file, name);
}

function readValue(file: string, name: string): Value {
  try {
    const text = present(decodeText(readFileSync(file)));
    return text ?? { mistake: `cannot be read, because the file in ${name}_FILE is empty` };
  } catch (error) {
    if (error instanceof InvalidTextError)
      return { mistake: `cannot be read, because the file in ${name}_FILE ${error.message}; save it as UTF-8` };
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return { mistake: `cannot be read from the file in ${name}_FILE (${code})` };
  }
}
