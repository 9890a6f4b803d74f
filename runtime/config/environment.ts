import { readFileSync } from 'node:fs';

/** Variables by name, as `process.env` has them. An empty value counts as absent. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The values that are set, by name, and what is wrong with the variables themselves. */
export interface ReadEnvironment {
  readonly values: Readonly<Record<string, string>>;
  readonly mistakes: readonly VariableMistake[];
}

/** What is wrong with a variable: the message completes the sentence "NAME …" and never repeats the value. */
export interface VariableMistake {
  readonly name: string;
  readonly message: string;
}

/** Variables whose value may be in a file that their twin with the ending `_FILE` names. */
const WITH_FILE = new Set([
  ...['LEDGERDESK_ENCRYPTION_KEYS', 'LEDGERDESK_ADMIN_TOKEN', 'LEDGERDESK_ALERT_SECRET'],
  'DATABASE_URL',
]);

/** Reads these variables, from files where their twins say so. Names of ours that are not among them are mistakes. */
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

/** Returns a variable's value without surrounding blanks; undefined when it is absent or empty. */
export function present(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

function unknownNames(env: Env, names: readonly string[]): VariableMistake[] {
  const known = new Set(names.flatMap((name) => (WITH_FILE.has(name) ? [name, `${name}_FILE`] : [name])));
  return Object.keys(env)
    .filter((name) => name.startsWith('LEDGERDESK_') && !known.has(name))
    .sort()
    .map((name) => ({ name, message: 'is not a name that Ledgerdesk knows' }));
}

type Value = string | { readonly mistake: string } | undefined;

function valueOf(env: Env, name: string): Value {
  const plain = present(env[name]);
  const file = WITH_FILE.has(name) ? present(env[`${name}_FILE`]) : undefined;
  if (file === undefined) return plain;
  if (plain !== undefined) return { mistake: `and ${name}_FILE are both set: give one of them` };
  return readValue(file, name);
}

function readValue(file: string, name: string): Value {
  try {
    const text = present(readFileSync(file, 'utf8'));
    return text ?? { mistake: `cannot be read: the file that ${name}_FILE names is empty` };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return { mistake: `cannot be read from the file that ${name}_FILE names (${code})` };
  }
}
